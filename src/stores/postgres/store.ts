import type { AsyncStore, StoredEntry, StoreFailure } from "../../async/async_store.ts";
import type { CallOptions, ExpiringSetOptions } from "../../async_concurrent_map.ts";
import type { EntryDigests } from "../../digests/entry_digests.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { encodeKey, encodeKeyAsText, type StoreKey } from "../key_codec.ts";
import { keyIdentity } from "../key_identity.ts";
import { StoredValues } from "../stored_values.ts";
import type { PostgresParameter, PostgresQuery, PostgresRow } from "./client.ts";
import { failureOf } from "./failure.ts";
import type { CheckedOptions } from "./options.ts";
import { openTable } from "./schema.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { type DigestedTable, TableDigests } from "./table_digests.ts";

export const STORE = "PostgresMap";

/** An entry of an index takes a third of a page at most: 2,704 bytes with its headers. */
export const MAX_KEY_BYTES = 2_048;
/** The server takes 1 GB, but clients send and read bytes as text of twice the length, and a string has 2^29 characters at most. */
export const MAX_VALUE_BYTES: number = 2 ** 27;

const MAX_PAGE = 500;
/** A page of values is about as long, unless a single one is longer. */
const PAGE_BYTES = 2 ** 20;
/** Before all keys: each begins with a byte for its type, which is not 0. */
const FIRST = new Uint8Array(1);
/** After so many writes of entries that expire, some that have expired are removed: more than are written. */
const WRITES = 100;
/** So many bytes are sent in one statement, unless a single entry is longer. */
const STATEMENT_BYTES = 2 ** 23;

/** The entries of a map on this side of the wire: keys and values, which it turns into bytes and back. */
export class PostgresStore<K extends StoreKey, V> implements AsyncStore<K, V, Uint8Array> {
  readonly #query: PostgresQuery;
  readonly #table: string;
  readonly #statements: Statements;
  readonly #values: StoredValues<V>;
  readonly #ttlMs: number;
  /** Digests of all entries. */
  readonly digests: EntryDigests<K>;
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #expiringWrites = 0;

  constructor(query: PostgresQuery, { table, codec, ttlMs }: CheckedOptions<V>) {
    this.#query = query;
    this.#table = table;
    this.#statements = statementsFor(table);
    this.#values = new StoredValues(STORE, codec);
    this.#ttlMs = ttlMs;
    const digested: DigestedTable = { run: (...statement) => this.#run(...statement), pages: () => this.#pages() };
    this.digests = new TableDigests(digested, codec, (key) => this.#key({ key }));
  }

  identify(key: K): unknown {
    const length = typeof key === "string" ? key.length : key instanceof Uint8Array ? key.length : 0;
    // A character takes one byte or more: most keys need not be encoded to be measured.
    if (length > MAX_KEY_BYTES / 4 && encodeKey(STORE, key).length > MAX_KEY_BYTES) {
      throw new RangeError(`Cannot use ${STORE}: key must have at most ${MAX_KEY_BYTES} bytes`);
    }
    return keyIdentity(STORE, key);
  }

  encode(value: V): Uint8Array {
    const encoded = this.#values.encodeAsBytes(value);
    if (encoded.length <= MAX_VALUE_BYTES) return encoded;
    throw new RangeError(
      `Cannot set a value of ${STORE}: it must have at most ${MAX_VALUE_BYTES} bytes: received ${encoded.length}`,
    );
  }

  equals(a: V, b: V): boolean {
    return sameValueZero(a, b) || isDeepEqual(a, b);
  }

  failureOf(error: unknown): StoreFailure | undefined {
    return failureOf(error);
  }

  async get(key: K): Promise<StoredEntry<V> | undefined> {
    const [row] = await this.#run("get", keyBytes(key));
    return row === undefined ? undefined : this.#entry(row, key);
  }

  async getMany(keys: readonly K[]): Promise<(StoredEntry<V> | undefined)[]> {
    const rows = await this.#run("getMany", keys.map(keyText).join());
    const found = new Map(rows.map((row) => {
      const key = this.#key(row);
      return [this.identify(key), this.#entry(row, key)];
    }));
    return keys.map((key) => found.get(this.identify(key)));
  }

  async has(key: K): Promise<boolean> {
    return (await this.#run("has", keyBytes(key))).length > 0;
  }

  async set(key: K, value: Uint8Array, { ttlMs }: ExpiringSetOptions): Promise<void> {
    await this.#runExpiring("set", ttlMs, keyBytes(key), value);
  }

  async setMany(entries: readonly (readonly [K, Uint8Array])[], { ttlMs }: ExpiringSetOptions): Promise<void> {
    const keys = entries.map(([key]) => keyText(key)).join();
    await this.#runExpiring("setMany", ttlMs, keys, entries.map(([, value]) => hexOf(value)).join());
  }

  shareOf(_key: K, value?: Uint8Array): number {
    return (value?.length ?? 0) / STATEMENT_BYTES;
  }

  async delete(key: K): Promise<boolean> {
    const [row] = await this.#run("take", keyBytes(key));
    return row?.present === true;
  }

  async deleteMany(keys: readonly K[]): Promise<void> {
    await this.#run("deleteMany", keys.map(keyText).join());
  }

  async compareAndSet(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Uint8Array } | undefined,
  ): Promise<boolean> {
    const bytes = keyBytes(key);
    const rows = seen === undefined
      ? await this.#runExpiring("insert", undefined, bytes, next!.value)
      : next === undefined
      ? await this.#run("deleteVersion", bytes, seen.version as string)
      : await this.#run("replaceVersion", bytes, next.value, seen.version as string);
    return rows.length > 0;
  }

  async getOrInsert(key: K, value: V, encoded: Uint8Array): Promise<V> {
    const bytes = keyBytes(key);
    for (;;) {
      const [row] = await this.#runExpiring("getOrInsert", undefined, bytes, encoded);
      if (row !== undefined) return row.inserted === true ? value : this.#value(row, key);
    }
  }

  async getAndSet(key: K, value: Uint8Array): Promise<V | undefined> {
    const bytes = keyBytes(key);
    for (;;) {
      const [replaced] = await this.#run("replace", bytes, value);
      if (replaced !== undefined) return this.#value(replaced, key);
      const [inserted] = await this.#runExpiring("insert", undefined, bytes, value);
      if (inserted !== undefined) return undefined;
    }
  }

  async getAndDelete(key: K): Promise<V | undefined> {
    const [row] = await this.#run("take", keyBytes(key));
    return row?.present === true ? this.#value(row, key) : undefined;
  }

  async count(): Promise<number> {
    return (await this.#run("count"))[0]!.count as number;
  }

  async *entries(_options?: CallOptions): AsyncGenerator<[K, V]> {
    for await (const rows of this.#pages()) {
      for (const row of rows) {
        const key = this.#key(row);
        yield [key, this.#value(row, key)];
      }
    }
  }

  /** The rows with their values, in pages of about the same length. */
  async *#pages(): AsyncGenerator<readonly PostgresRow[]> {
    let [after, length] = [FIRST, 8];
    for (;;) {
      const rows = await this.#run("page", after, length);
      yield rows;
      if (rows.length < length) return;
      after = rows.at(-1)!.key as Uint8Array<ArrayBuffer>;
      const bytes = rows.reduce((sum, row) => sum + (row.value as Uint8Array).length, 1);
      length = Math.max(1, Math.min(MAX_PAGE, 2 * length, Math.floor(length * PAGE_BYTES / bytes)));
    }
  }

  async *keys(_options?: CallOptions): AsyncGenerator<K> {
    let after = FIRST;
    for (;;) {
      const rows = await this.#run("keyPage", after, MAX_PAGE);
      for (const row of rows) yield this.#key(row);
      if (rows.length < MAX_PAGE) return;
      after = rows.at(-1)!.key as Uint8Array<ArrayBuffer>;
    }
  }

  /** Sends a statement; before the first one, it makes sure that there is a table. */
  #run(name: keyof Statements, ...parameters: PostgresParameter[]): Promise<readonly PostgresRow[]> {
    const send = () => this.#query(this.#statements[name], parameters);
    return this.#isOpen ? send() : this.#open().then(send);
  }

  /** Sends a statement whose last parameter is a time to live. */
  #runExpiring(
    name: keyof Statements,
    ttlMs: number = this.#ttlMs,
    ...parameters: PostgresParameter[]
  ): Promise<readonly PostgresRow[]> {
    const isExpiring = ttlMs !== Infinity;
    const answer = this.#run(name, ...parameters, isExpiring ? ttlMs : null);
    // If it fails, later writes do it.
    if (isExpiring && ++this.#expiringWrites % WRITES === 0) this.#run("removeExpired").catch(() => {});
    return answer;
  }

  async #open(): Promise<void> {
    this.#opening ??= openTable(this.#query, this.#table);
    try {
      await this.#opening;
      this.#isOpen = true;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  #entry(row: PostgresRow, key: K): StoredEntry<V> {
    const expiresAt = row.expires === null ? Infinity : Number(row.expires);
    return { value: this.#value(row, key), version: row.version, expiresAt };
  }

  #value({ value }: PostgresRow, key: K): V {
    return this.#values.decode(value as Uint8Array, key);
  }

  #key({ key }: PostgresRow): K {
    return this.#values.decodeKey(key as Uint8Array) as K;
  }
}

function keyBytes(key: StoreKey): Uint8Array {
  return encodeKey(STORE, key);
}

function keyText(key: StoreKey): string {
  return encodeKeyAsText(STORE, key);
}

/** Every runtime that has a client of PostgreSQL has it. */
const { Buffer } = globalThis as unknown as {
  readonly Buffer: { from(buffer: ArrayBufferLike, at: number, length: number): { toString(encoding: "hex"): string } };
};

function hexOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("hex");
}
