import type { ConcurrentMap, Traits } from "./concurrent_map.ts";
import { keyHash } from "./key_hash.ts";
import { NativeMap } from "./native_map.ts";

/** The most shards there may be: the lower 16 bits of a hash choose one. */
const MAX_SHARDS = 65_536;

/** What a {@link ShardedMap} can be told. */
export interface ShardedMapOptions<K> {
  /**
   * How many maps the entries are spread over: a power of two from 1 to 65536. A shard takes some hundred bytes while it
   * is empty.
   * @default {256}
   */
  readonly shards?: number;
  /**
   * A hash of a key: a 32-bit integer, the same for keys that `Map` takes for the same. A worse one costs balance, never
   * an entry.
   * @default {keyHash}
   */
  readonly hash?: (key: K) => number;
}

/**
 * A {@link ConcurrentMap} spread over many `Map`s, each of which grows by itself: its pauses are shorter than those of one
 * `Map`, and it holds more than the 2^24 entries at which V8 ends a `Map`.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(n / shards), when a shard grows |
 * | `size`, `clear` | O(shards) | O(shards), the rest left to the garbage collector |
 * | iteration, `snapshot` | O(n + shards) | O(n + shards) |
 *
 * Strings and bigints are hashed anew by each operation, in O(length).
 *
 * What it is bad at: there is no order; each operation costs a hash on top of what a `Map` takes, so below a million entries
 * a `NativeMap` is faster.
 *
 * @example
 * ```ts
 * import { ShardedMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = new ShardedMap<string, { user: string }>({ shards: 16 });
 * sessions.set("s1", { user: "ada" });
 * assertEquals(sessions.get("s1"), { user: "ada" });
 * assertEquals(sessions.size, 1);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class ShardedMap<K, V> implements ConcurrentMap<K, V> {
  /** No order, weak iteration, values by reference; 2^24 entries a shard. */
  readonly traits: Traits;
  readonly #shards: readonly NativeMap<K, V>[];
  readonly #mask: number;
  readonly #hash: (key: K) => number;

  /**
   * Begins empty.
   *
   * @param options See {@link ShardedMapOptions}.
   * @throws {RangeError} If `shards` is not a power of two from 1 to 65536.
   * @throws {TypeError} If `hash` is not a function.
   */
  constructor(options: ShardedMapOptions<K> = {}) {
    const { shards = 256, hash = keyHash } = options;
    if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS || (shards & (shards - 1)) !== 0) {
      throw new RangeError(
        `Cannot create ShardedMap: shards must be a power of two from 1 to ${MAX_SHARDS}: received ${shards}`,
      );
    }
    if (typeof hash !== "function") {
      throw new TypeError(`Cannot create ShardedMap: hash must be a function: received ${typeof hash}`);
    }
    this.#shards = Array.from({ length: shards }, () => new NativeMap<K, V>());
    this.#mask = shards - 1;
    this.#hash = hash;
    this.traits = {
      order: "none",
      iteration: "weak",
      snapshot: "linear",
      keys: "any",
      values: "reference",
      maxEntries: shards * 2 ** 24,
      shared: false,
      evicts: false,
    };
  }

  /** How many entries there are. */
  get size(): number {
    let size = 0;
    for (const shard of this.#shards) size += shard.size;
    return size;
  }

  /** How many entries each shard has: how well the hash spreads the keys. */
  get shardSizes(): number[] {
    return this.#shards.map((shard) => shard.size);
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#shardOf(key).get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#shardOf(key).has(key);
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.#shardOf(key).set(key, value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    return this.#shardOf(key).delete(key);
  }

  /** Removes every entry. */
  clear(): void {
    for (const shard of this.#shards) shard.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    return this.#shardOf(key).getOrInsert(key, value);
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    return this.#shardOf(key).getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    return this.#shardOf(key).getAndDelete(key);
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    return this.#shardOf(key).getAndSet(key, value);
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    return this.#shardOf(key).compareAndSet(key, expected, value);
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    return this.#shardOf(key).compareAndDelete(key, expected);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#shardOf(key).update(key, fn);
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const shard of this.#shards) shard.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over `[key, value]`. */
  *entries(): MapIterator<[K, V]> {
    for (const shard of this.#shards) yield* shard.entries();
  }

  /** Iterates over the keys. */
  *keys(): MapIterator<K> {
    for (const shard of this.#shards) yield* shard.keys();
  }

  /** Iterates over the values. */
  *values(): MapIterator<V> {
    for (const shard of this.#shards) yield* shard.values();
  }

  /** The entries as of this moment. */
  snapshot(): Iterable<[K, V]> {
    return [...this.entries()];
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "ShardedMap";
  }

  #shardOf(key: K): NativeMap<K, V> {
    return this.#shards[this.#hash(key) & this.#mask] as NativeMap<K, V>;
  }
}
