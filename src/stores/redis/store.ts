import type { AsyncStore, StoredEntry } from "../../async/async_store.ts";
import type { CallOptions, ExpiringSetOptions } from "../../async_concurrent_map.ts";
import type { Clock } from "../../clock.ts";
import { isDeepEqual } from "../../equality/deep_equal.ts";
import { sameValueZero } from "../../keys/same_value_zero.ts";
import { encodeKey, type StoreKey } from "../key_codec.ts";
import { keyIdentity } from "../key_identity.ts";
import { StoredValues } from "../stored_values.ts";
import { DistinctKeys } from "./distinct_keys.ts";
import type { EntryBytes, RedisEntries } from "./entries.ts";
import { failureOf, together } from "./failure.ts";
import type { CheckedOptions } from "./options.ts";

export const STORE = "RedisMap";

/** The longest string that Redis keeps, by default. */
export const MAX_BYTES: number = 512 * 2 ** 20;

/** The entries of a map on this side of the wire: keys and values, which it turns into bytes and back. */
export class RedisStore<K extends StoreKey, V> implements AsyncStore<K, V, Uint8Array> {
  readonly #entries: RedisEntries;
  readonly #values: StoredValues<V>;
  readonly #ttlMs: number;
  readonly #distinctKeys: number;
  readonly #clock: Clock;

  constructor(entries: RedisEntries, { codec, ttlMs, distinctKeys }: CheckedOptions<V>, clock: Clock) {
    this.#entries = entries;
    this.#values = new StoredValues(STORE, codec);
    this.#ttlMs = ttlMs;
    this.#distinctKeys = distinctKeys;
    this.#clock = clock;
  }

  identify(key: K): unknown {
    return keyIdentity(STORE, key);
  }

  encode(value: V): Uint8Array {
    const encoded = this.#values.encodeAsBytes(value);
    if (encoded.length <= MAX_BYTES) return encoded;
    throw new RangeError(`Cannot set a value of ${STORE}: it must have at most ${MAX_BYTES} bytes: ${encoded.length}`);
  }

  equals(a: V, b: V): boolean {
    return sameValueZero(a, b) || isDeepEqual(a, b);
  }

  failureOf(error: unknown): ReturnType<typeof failureOf> {
    return failureOf(error);
  }

  async get(key: K): Promise<StoredEntry<V> | undefined> {
    const bytes = await this.#entries.get(keyBytes(key));
    return bytes === undefined ? undefined : { value: this.#values.decode(bytes, key), version: bytes };
  }

  async getMany(keys: readonly K[]): Promise<(StoredEntry<V> | undefined)[]> {
    return await Promise.all(keys.map((key) => this.get(key)));
  }

  has(key: K): Promise<boolean> {
    return this.#entries.has(keyBytes(key));
  }

  set(key: K, value: Uint8Array, { ttlMs = this.#ttlMs }: ExpiringSetOptions): Promise<unknown> {
    return this.#entries.set(keyBytes(key), value, this.#expiry(ttlMs));
  }

  async setMany(entries: readonly (readonly [K, Uint8Array])[], options: ExpiringSetOptions): Promise<void> {
    await together(entries.map(([key, value]) => this.set(key, value, options)));
  }

  delete(key: K): Promise<boolean> {
    return this.#entries.delete(keyBytes(key));
  }

  async getOrInsert(key: K, value: V, encoded: Uint8Array): Promise<V> {
    const found = await this.#entries.insert(keyBytes(key), encoded, this.#expiry(this.#ttlMs));
    return found === undefined ? value : this.#values.decode(found, key);
  }

  async getAndSet(key: K, value: Uint8Array): Promise<V | undefined> {
    return this.#decoded(key, await this.#entries.replace(keyBytes(key), value, this.#expiry(this.#ttlMs)));
  }

  async getAndDelete(key: K): Promise<V | undefined> {
    return this.#decoded(key, await this.#entries.take(keyBytes(key)));
  }

  compareAndSet(
    key: K,
    seen: StoredEntry<V> | undefined,
    next: { readonly value: Uint8Array } | undefined,
  ): Promise<boolean> {
    const seenBytes = seen?.version as Uint8Array | undefined;
    return this.#entries.compareAndSet(keyBytes(key), seenBytes, next?.value, this.#expiry(this.#ttlMs));
  }

  expiresAt(key: K): Promise<number | undefined> {
    return this.#entries.expiresAt(keyBytes(key));
  }

  count(): Promise<number> | undefined {
    return this.#entries.count();
  }

  async *entries(_options?: CallOptions): AsyncGenerator<[K, V]> {
    for await (const page of this.#pages(true)) {
      for (const [bytes, value] of page) {
        const key = this.#key(bytes);
        yield [key, this.#values.decode(value!, key)];
      }
    }
  }

  async *keys(_options?: CallOptions): AsyncGenerator<K> {
    for await (const page of this.#pages(false)) for (const [bytes] of page) yield this.#key(bytes);
  }

  deleteMany(keys: readonly K[]): Promise<unknown> {
    return this.#entries.deleteMany(keys.map(keyBytes));
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

function keyBytes(key: StoreKey): Uint8Array {
  return encodeKey(STORE, key);
}
