import type { ConcurrentMap, Traits } from "../concurrent_map.ts";
import { HashIndex } from "./hash_index.ts";
import { keyHash } from "../keys/key_hash.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { Slab } from "./slab.ts";

/** The most shards that a map can begin with. */
const MAX_SHARDS = 65_536;

/** What a {@link ShardedMap} can be told. */
export interface ShardedMapOptions<K> {
  /**
   * How many shards the map begins with, and goes back to when it is cleared: a power of two from 1 to 65536. As many as it
   * will need, one for every 1280 entries, spare it the splits. A shard takes 33 KB once it has an entry.
   * @default {1}
   */
  readonly shards?: number;
  /**
   * A hash of a key: a 32-bit integer, the same for keys that `Map` takes for the same. A worse one costs speed, never an
   * entry.
   * @default {keyHash}
   */
  readonly hash?: (key: K) => number;
}

/**
 * A {@link ConcurrentMap} of very many entries that grows in small steps: no write waits for a rehash of the whole table,
 * and there may be far more than the 2^24 entries at which V8 ends a `Map`.
 *
 * An entry stays in one place for as long as it is there. What grows is an index from hashes to these places, off the
 * JavaScript heap: open addressing in shards of 4096 slots. Whenever there are more than 1280 entries to a shard, one shard,
 * each in its turn, is split in two by one more bit of its hashes. That is linear hashing (Witold Litwin, "Linear Hashing: A
 * New Tool for File and Table Addressing", VLDB 1980), which makes no more shards for a bad hash than for a good one. Keys
 * that find no slot within 128 of where their hash begins, because too many share it, are found by way of one `Map`.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(1): the split of one shard |
 * | `size` | O(1) | O(1) |
 * | `clear` | O(1) | O(`shards`) of the options, the rest left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n), where n is the most entries there were since the last `clear` |
 *
 * Strings and bigints are hashed anew by each operation, in O(length). With a bad hash, growth of the one `Map` is O(n), and
 * ends where a `Map` ends.
 *
 * What it is bad at: there is no order; a read of a whole-number key takes about twice as long as that of a `NativeMap` on V8,
 * three times on JavaScriptCore; a single entry takes 42 KB; what deleted entries took is used for new ones, but given back by
 * `clear` alone. An iteration may show entries that are added meanwhile, and what it shows of an entry is as of the moment it
 * comes to it.
 *
 * @example
 * ```ts
 * import { ShardedMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = new ShardedMap<string, { user: string }>();
 * sessions.set("s1", { user: "ada" });
 * assertEquals(sessions.get("s1"), { user: "ada" });
 * assertEquals(sessions.size, 1);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class ShardedMap<K, V> implements ConcurrentMap<K, V> {
  /** No order, weak iteration, values by reference; 2^31 - 1 entries. */
  readonly traits: Traits = {
    order: "none",
    iteration: "weak",
    snapshot: "linear",
    keys: "any",
    values: "reference",
    maxEntries: Slab.MAX_SIZE,
    shared: false,
    evicts: false,
  };
  readonly #hash: (key: K) => number;
  readonly #entries = new Slab<K, V>();
  readonly #index: HashIndex<K>;

  /**
   * Begins empty.
   *
   * @param options See {@link ShardedMapOptions}.
   * @throws {RangeError} If `shards` is not a power of two from 1 to 65536.
   * @throws {TypeError} If `hash` is not a function.
   */
  constructor(options: ShardedMapOptions<K> = {}) {
    const { shards = 1, hash = keyHash } = options;
    if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS || (shards & (shards - 1)) !== 0) {
      throw new RangeError(
        `Cannot create ShardedMap: shards must be a power of two from 1 to ${MAX_SHARDS}: received ${shards}`,
      );
    }
    if (typeof hash !== "function") {
      throw new TypeError(`Cannot create ShardedMap: hash must be a function: received ${typeof hash}`);
    }
    this.#hash = hash;
    this.#index = new HashIndex(this.#entries, shards);
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many entries are found by way of each shard: how well the hash spreads the keys. They are counted, in O(n). */
  get shardSizes(): number[] {
    return this.#index.shardSizes;
  }

  /** How many entries are found by way of no shard: more than 0 only if the hash does not spread the keys. */
  get overflowSize(): number {
    return this.#index.overflowSize;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#valueOf(this.#index.find(key, this.#hashOf(key)));
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#index.find(key, this.#hashOf(key)) !== 0;
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.#put(key, this.#hashOf(key), value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    const hash = this.#hashOf(key);
    return this.#remove(hash, this.#index.find(key, hash));
  }

  /** Removes every entry. */
  clear(): void {
    this.#entries.clear();
    this.#index.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    this.#insert(key, hash, value);
    return value;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    const value = compute(storedKey(key));
    this.#put(key, hash, value);
    return value;
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    const current = this.#valueOf(number);
    this.#remove(hash, number);
    return current;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const hash = this.#hashOf(key);
    const current = this.#valueOf(this.#index.find(key, hash));
    this.#put(key, hash, value);
    return current;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const number = this.#index.find(key, this.#hashOf(key));
    if (number === 0 || !sameValueZero(this.#entries.valueOf(number), expected)) return false;
    this.#entries.setValue(number, value);
    return true;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    return number !== 0 && sameValueZero(this.#entries.valueOf(number), expected) && this.#remove(hash, number);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const hash = this.#hashOf(key);
    const next = fn(this.#valueOf(this.#index.find(key, hash)));
    if (next === undefined) this.#remove(hash, this.#index.find(key, hash));
    else this.#put(key, hash, next);
    return next;
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#visit((number) => [this.#entries.keyOf(number), this.#entries.valueOf(number)]);
  }

  /** Iterates over the keys. */
  keys(): MapIterator<K> {
    return this.#visit((number) => this.#entries.keyOf(number));
  }

  /** Iterates over the values. */
  values(): MapIterator<V> {
    return this.#visit((number) => this.#entries.valueOf(number));
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

  /** Goes over the entries that are there, and over such as take the places of those that are deleted meanwhile. */
  *#visit<T>(pick: (number: number) => T): MapIterator<T> {
    const { end } = this.#entries;
    for (let number = 1; number < end; number++) if (this.#entries.has(number)) yield pick(number);
  }

  #hashOf(key: K): number {
    return this.#hash(key) | 0;
  }

  #valueOf(number: number): V | undefined {
    return number === 0 ? undefined : this.#entries.valueOf(number);
  }

  #put(key: K, hash: number, value: V): void {
    const number = this.#index.find(key, hash);
    if (number === 0) this.#insert(key, hash, value);
    else this.#entries.setValue(number, value);
  }

  #insert(key: K, hash: number, value: V): void {
    this.#index.add(hash, this.#entries.add(storedKey(key), value));
  }

  /** Removes the entry of that number, if it is not 0, and tells whether it did. */
  #remove(hash: number, number: number): boolean {
    if (number === 0) return false;
    this.#index.remove(hash, number);
    this.#entries.remove(number);
    return true;
  }
}
