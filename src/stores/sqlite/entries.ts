import type { EntryDigests } from "../../digests/entry_digests.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { checkOption, checkOptionNames } from "../../options.ts";
import type { Codec } from "../codec.ts";
import { encodeKey, type StoreKey } from "../key_codec.ts";
import { StoredValues } from "../stored_values.ts";
import { encodeUtf8 } from "../utf8.ts";
import type { SqliteDatabase } from "./database.ts";
import { type CheckedOptions, TTL } from "./options.ts";
import { type Row, Table } from "./table.ts";
import { TableDigests } from "./table_digests.ts";

/** Stands for no value, since a value can be `undefined`. */
export const NOTHING: unique symbol = Symbol("nothing");

/** A value as it is stored. */
export type Encoded = Row["value"];

/** What a method returns, and what it sets the key to; without `next` it writes nothing. */
export interface Decision<Result> {
  readonly result: Result;
  readonly next?: Encoded | typeof NOTHING;
}

const STORE = "SqliteMap";
const SET_OPTIONS: readonly string[] = ["ttlMs"];

/** The entries of a map: keys and values on this side, bytes and rows on the side of the table. */
export class Entries<K extends StoreKey, V> {
  readonly #table: Table;
  readonly #values: StoredValues<V>;
  readonly #ttlMs: number | undefined;
  readonly #clock: { now(): number };
  /** Digests of all entries. */
  readonly digests: EntryDigests<K>;

  constructor(database: SqliteDatabase, { table, codec, ttlMs, busyTimeoutMs, clock }: CheckedOptions<V>) {
    this.#table = new Table(database, table, busyTimeoutMs, () => clock.now());
    this.#values = new StoredValues(STORE, codec);
    this.#ttlMs = ttlMs;
    this.#clock = clock;
    this.digests = new TableDigests(this.#table, codec as Codec<unknown>, (key) => this.#values.decodeKey(key) as K);
  }

  /** Whether entries may expire. */
  get expire(): boolean {
    return this.#ttlMs !== undefined;
  }

  count(): number {
    return this.#table.count();
  }

  find(operation: string, key: K): V | typeof NOTHING {
    const row = this.#table.read(operation, key, encodeKey(STORE, key));
    return row === undefined ? NOTHING : this.#values.decode(row.value, key);
  }

  /** When the entry of a key expires; `undefined` if there is none. */
  expiresAt(operation: string, key: K): number | undefined {
    const row = this.#table.read(operation, key, encodeKey(STORE, key));
    return row === undefined ? undefined : row.expires_at ?? Infinity;
  }

  set(key: K, value: V, options: { readonly ttlMs?: number | undefined } | undefined): void {
    if (options !== undefined) checkOptionNames(`set in ${STORE}`, options, SET_OPTIONS);
    const keyBytes = encodeKey(STORE, key);
    this.#table.write("set", key, keyBytes, { value: this.encode(value), expires_at: this.#expiry(options?.ttlMs) });
  }

  /** Sets a key that is absent, and returns whether it was. */
  insert(operation: string, key: K, value: Encoded): boolean {
    return this.#table.insert(operation, key, encodeKey(STORE, key), { value, expires_at: this.#expiry() });
  }

  delete(key: K): boolean {
    return this.#table.delete("delete", key, encodeKey(STORE, key));
  }

  clear(): void {
    this.#table.clear();
  }

  /** Reads a key, and writes what `decide` makes of it, in one step to everyone. An entry that is replaced keeps its time. */
  decide<Result>(operation: string, key: K, decide: (current: V | typeof NOTHING) => Decision<Result>): Result {
    const keyBytes = encodeKey(STORE, key);
    return this.#table.atomically(operation, key, () => {
      const row = this.#table.read(operation, key, keyBytes);
      const { result, next } = decide(row === undefined ? NOTHING : this.#values.decode(row.value, key));
      if (next === NOTHING) this.#table.delete(operation, key, keyBytes);
      else if (next !== undefined) {
        const expires_at = row === undefined ? this.#expiry() : row.expires_at;
        this.#table.write(operation, key, keyBytes, { value: next, expires_at });
      }
      return result;
    });
  }

  /** Whether a value that was read equals another one by its content. */
  holds(current: V | typeof NOTHING, expected: V): boolean {
    return current !== NOTHING && (sameValueZero(current, expected) || isDeepEqual(current, expected));
  }

  *entries(): MapIterator<[K, V]> {
    for (const keyBytes of this.#keyBytes()) {
      const key = this.#values.decodeKey(keyBytes) as K;
      const row = this.#table.read("iterate", key, keyBytes);
      if (row !== undefined) yield [key, this.#values.decode(row.value, key)];
    }
  }

  *keys(): MapIterator<K> {
    for (const keyBytes of this.#keyBytes()) yield this.#values.decodeKey(keyBytes) as K;
  }

  snapshot(): [K, V][] {
    return this.#table.all().map((row) => {
      const key = this.#values.decodeKey(row.key) as K;
      return [key, this.#values.decode(row.value, key)];
    });
  }

  /** A value as it is stored. */
  encode(value: V): Encoded {
    const encoded = this.#values.encode(value);
    // Deno's handle cuts text at the first NUL.
    return typeof encoded === "string" && encoded.includes("\0") ? encodeUtf8(encoded) : encoded;
  }

  *#keyBytes(): Generator<Uint8Array> {
    // Before all keys: each begins with a byte for its type, which is not 0.
    let page = this.#table.page(new Uint8Array(1));
    while (page.length > 0) {
      yield* page;
      page = this.#table.page(page.at(-1) as Uint8Array);
    }
  }

  /** When an entry that is set now expires: after a time of its own, or the map's. */
  #expiry(ownMs?: number): number | null {
    if (ownMs !== undefined) this.#checkTtl(ownMs);
    const ttlMs = ownMs ?? this.#ttlMs ?? Infinity;
    return ttlMs === Infinity ? null : this.#clock.now() + ttlMs;
  }

  #checkTtl(ownMs: number): void {
    checkOption(`set in ${STORE}`, "ttlMs", ownMs, TTL);
    if (this.#ttlMs !== undefined) return;
    throw new TypeError(`Cannot set in ${STORE}: the map was created without ttlMs, so its entries never expire`);
  }
}
