import type { AsyncStore, StoredEntry } from "../../async/async_store.ts";
import type { ExpiringSetOptions } from "../../async_concurrent_map.ts";
import type { Clock } from "../../clock.ts";
import type { EntryDigests } from "../../digests/entry_digests.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { encodeKey, encodeKeyAsTextOrBytes, type StoreKey } from "../key_codec.ts";
import { keyIdentity } from "../key_identity.ts";
import { StoredValues } from "../stored_values.ts";
import type { Argument } from "./client.ts";
import { DistinctKeys } from "../distinct_keys.ts";
import type { EntryBytes, RedisEntries } from "./entries.ts";
import { EntriesDigests } from "./entries_digests.ts";
import { failureOf } from "./failure.ts";
import type { CheckedOptions } from "./options.ts";

export const STORE = "RedisMap";

/** The longest string that Redis keeps, by default. */
export const MAX_BYTES: number = 512 * 2 ** 20;

/** About how many bytes of values are sent together, unless a single one is longer. */
const MANY_BYTES = 2 ** 23;

/** The entries of a map on this side of the wire: keys and values, which it turns into bytes and back. */
export class RedisStore<K extends StoreKey, V> implements AsyncStore<K, V, Argument> {
  readonly #entries: RedisEntries;
  readonly #values: StoredValues<V>;
  readonly #ttlMs: number;
  readonly #distinctKeys: number;
  /** Whether the server knows how many entries there are. */
  readonly hasCount: boolean;
  readonly maxKeyBytes: number;
  /** Digests of all entries. */
  readonly digests: EntryDigests<K>;
  readonly #clock: Clock;

  constructor(entries: RedisEntries, { codec, ttlMs, distinctKeys, clock }: CheckedOptions<V>) {
    this.#entries = entries;
    this.#values = new StoredValues(STORE, codec);
    this.#ttlMs = ttlMs;
    this.#distinctKeys = distinctKeys;
    this.#clock = clock;
    this.hasCount = entries.count !== undefined;
    this.digests = new EntriesDigests(entries, codec, (key) => this.#key(key));
    this.maxKeyBytes = MAX_BYTES - entries.keyOverhead;
  }

  identify(key: K): unknown {
    const length = typeof key === "number" ? 0 : key?.length;
    // Most keys are short. UTF-8 has at most three bytes for a code unit.
    if (length * 3 >= this.maxKeyBytes && encodeKey(STORE, key).length > this.maxKeyBytes) {
      throw new RangeError(`Cannot use ${STORE}: key must have at most ${this.maxKeyBytes} bytes: received more`);
    }
    return keyIdentity(STORE, key);
  }

  /** Of text, its UTF-8 is stored. */
  encode(value: V): Argument {
    const encoded = this.#values.encode(value);
    if (encoded.length * 3 <= MAX_BYTES || byteLength(encoded) <= MAX_BYTES) return encoded;
    throw new RangeError(
      `Cannot set a value of ${STORE}: it must have at most ${MAX_BYTES} bytes: received ${byteLength(encoded)}`,
    );
  }

  equals(a: V, b: V): boolean {
    return sameValueZero(a, b) || isDeepEqual(a, b);
  }

  failureOf(error: unknown): ReturnType<typeof failureOf> {
    return failureOf(error);
  }

  get(key: K): Promise<StoredEntry<V> | undefined> {
    return this.#entries.get(keyArgument(key)).then((bytes) => {
      return bytes === null ? undefined : { value: this.#values.decode(bytes, key), version: bytes };
    });
  }

  async getMany(keys: readonly K[]): Promise<(StoredEntry<V> | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  has(key: K): Promise<boolean> {
    return this.#entries.has(keyArgument(key));
  }

  set(key: K, value: Argument, { ttlMs = this.#ttlMs }: ExpiringSetOptions): Promise<unknown> {
    return this.#entries.set(keyArgument(key), value, this.#expiry(ttlMs));
  }

  setMany(
    entries: readonly (readonly [K, Argument])[],
    { ttlMs = this.#ttlMs }: ExpiringSetOptions,
  ): Promise<unknown> {
    const encoded = entries.map(([key, value]) => [keyArgument(key), value] as const);
    return this.#entries.setMany(encoded, this.#expiry(ttlMs));
  }

  shareOf(_key: K, value: Argument = ""): number {
    return value.length / MANY_BYTES;
  }

  delete(key: K): Promise<boolean> {
    return this.#entries.delete(keyArgument(key));
  }

  async getOrInsert(key: K, value: V, encoded: Argument): Promise<V> {
    const found = await this.#entries.insert(keyArgument(key), encoded, this.#expiry(this.#ttlMs));
    return found === undefined ? value : this.#values.decode(found, key);
  }

  async getAndSet(key: K, value: Argument): Promise<V | undefined> {
    return this.#decoded(key, await this.#entries.replace(keyArgument(key), value, this.#expiry(this.#ttlMs)));
  }

  async getAndDelete(key: K): Promise<V | undefined> {
    return this.#decoded(key, await this.#entries.take(keyArgument(key)));
  }

  compareAndSet(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Argument } | undefined,
  ): Promise<boolean> {
    const seenBytes = seen?.version as Uint8Array | undefined;
    return this.#entries.compareAndSet(keyArgument(key), seenBytes, next?.value, this.#expiry(this.#ttlMs));
  }

  expiresAt(key: K): Promise<number | undefined> {
    return this.#entries.expiresAt(keyArgument(key));
  }

  count(): Promise<number> {
    return this.#entries.count!();
  }

  async *entries(): AsyncGenerator<[K, V], undefined> {
    for await (const page of this.entryPages()) yield* page;
  }

  async *keys(): AsyncGenerator<K, undefined> {
    for await (const page of this.keyPages()) yield* page;
  }

  /** The entries as the server hands them out, many at a time. */
  async *entryPages(): AsyncGenerator<[K, V][], undefined> {
    for await (const page of this.#pages(true)) {
      yield page.map(([bytes, value]) => {
        const key = this.#key(bytes);
        return [key, this.#values.decode(value!, key)];
      });
    }
  }

  /** The keys alone, many at a time. */
  async *keyPages(): AsyncGenerator<K[], undefined> {
    for await (const page of this.#pages(false)) yield page.map(([bytes]) => this.#key(bytes));
  }

  deleteMany(keys: readonly K[]): Promise<unknown> {
    return this.#entries.deleteMany(keys.map(keyArgument));
  }

  /** Pages without the entries that have come before, as far as they are remembered. */
  async *#pages(withValues: boolean): AsyncGenerator<readonly EntryBytes[]> {
    const seen = new DistinctKeys(this.#distinctKeys);
    for await (const page of this.#entries.pages(withValues)) yield page.filter(([key]) => seen.isNew(key));
  }

  #key(bytes: Uint8Array): K {
    return this.#values.decodeKey(bytes) as K;
  }

  #decoded(key: K, bytes: Uint8Array | undefined): V | undefined {
    return bytes === undefined ? undefined : this.#values.decode(bytes, key);
  }

  /** The server takes whole milliseconds. */
  #expiry(ttlMs: number): number {
    if (ttlMs === Infinity) return Infinity;
    return Math.min(Math.ceil(this.#clock.now() + ttlMs), Number.MAX_SAFE_INTEGER);
  }
}

function keyArgument(key: StoreKey): Argument {
  return encodeKeyAsTextOrBytes(STORE, key);
}

function byteLength(encoded: Argument): number {
  return typeof encoded === "string" ? new TextEncoder().encode(encoded).length : encoded.length;
}
