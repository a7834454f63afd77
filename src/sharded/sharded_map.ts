import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { HashIndex } from "./hash_index.ts";
import { makeKeyHash } from "../keys/key_hash.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { mapArguments, setEntries } from "../map_arguments.ts";
import { checkOptions, FUNCTION, powerOfTwo, type Rules } from "../options.ts";
import { Slab } from "./slab.ts";

/** Options for a {@link ShardedMap}. */
export interface ShardedMapOptions<K> {
  /**
   * The initial number of shards, also after `clear`: a power of two from 1 to 65536. One for every 1280 expected
   * entries avoids all splits. A shard takes 33 KB once it has an entry.
   * @default {1}
   */
  readonly shards?: number;
  /**
   * Returns the hash of a key: a 32-bit integer, equal for keys that `Map` treats as equal. A bad hash makes the map
   * slow, but never wrong.
   * @default {HalfSipHash-1-3 with a random key of this map; objects and unregistered symbols by identity}
   */
  readonly hash?: (key: K) => number;
}

const RULES: Rules<ShardedMapOptions<unknown>> = { shards: powerOfTwo(1, 65_536), hash: FUNCTION };
const TRAITS: Traits = { ...DEFAULT_TRAITS, maxEntries: Slab.MAX_SIZE };

/**
 * A {@link ConcurrentMap} for very many entries that grows in small steps: no write waits for a rehash of the whole
 * table, and it holds far more than the 2^24 entries of a `Map` on V8.
 *
 * An entry never moves. Only an index from hashes to entries grows, off the JavaScript heap: open addressing in
 * shards of 4096 slots. Whenever there are more than 1280 entries for each shard, the next shard in turn is split in
 * two by one more bit of its hashes. This is linear hashing (Witold Litwin, "Linear Hashing: A New Tool for File and
 * Table Addressing", VLDB 1980): a bad hash makes no more shards than a good one. Keys that find no free slot among the
 * 128 from their home on, because too many hashes are alike, are kept in one `Map`.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(1): the split of one shard |
 * | `size` | O(1) | O(1) |
 * | `clear` | O(1) | O(`shards`) of the options, the rest left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n), where n is the largest number of entries since the last `clear` |
 *
 * Each operation hashes its key, which takes O(length) for strings and bigints. With a bad hash, the one `Map` grows in
 * O(n), up to the limit of a `Map`. The default hash is secret, so nobody can choose keys for which it is bad.
 *
 * What it is bad at: there is no order; reading a whole-number key takes about twice as long as in a `NativeMap` on V8,
 * three times on JavaScriptCore; a single entry takes 42 KB; the memory of deleted entries is reused, but only `clear`
 * frees it. An iteration may visit entries that are added meanwhile, and reads each value when it reaches the entry.
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
export class ShardedMap<K, V> extends AbstractMap<K, V> {
  readonly #hash: (key: K) => number;
  readonly #entries = new Slab<K, V>();
  readonly #index: HashIndex<K>;

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts. Or the options alone.
   * @param options See {@link ShardedMapOptions}.
   * @throws {RangeError} If `shards` is not a power of two from 1 to 65536.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or an option is unknown or of the wrong type.
   */
  constructor(
    entries?: Iterable<readonly [K, V]> | ShardedMapOptions<K> | null,
    options?: ShardedMapOptions<K>,
  ) {
    super();
    const given = mapArguments(entries, options);
    const { shards, hash = makeKeyHash() } = checkOptions("create ShardedMap", given.options, RULES, { shards: 1 });
    this.#hash = hash;
    this.#index = new HashIndex(this.#entries, shards);
    setEntries(this, given.entries);
  }

  /** No order, weak iteration, values by reference; 2^31 - 1 entries. */
  override get traits(): Traits {
    return TRAITS;
  }

  /** The number of entries. */
  override get size(): number {
    return this.#entries.size;
  }

  /** The number of entries in each shard, which shows how well the hash spreads the keys. They are counted, in O(n). */
  get shardSizes(): number[] {
    return this.#index.shardSizes;
  }

  /** The number of entries in no shard: more than 0 only if the hash does not spread the keys. */
  get overflowSize(): number {
    return this.#index.overflowSize;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    return this.#valueOf(this.#index.find(key, this.#hashOf(key)));
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    return this.#index.find(key, this.#hashOf(key)) !== 0;
  }

  /**
   * Sets the value of `key` and returns the map.
   *
   * @throws {RangeError} If `key` is new and there are 2^31 - 1 entries already.
   */
  set(key: K, value: V): this {
    this.#put(key, this.#hashOf(key), value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    const hash = this.#hashOf(key);
    return this.#remove(hash, this.#index.find(key, hash));
  }

  /** Removes every entry. */
  override clear(): void {
    this.#entries.clear();
    this.#index.clear();
  }

  /**
   * The value of `key`; if it is absent, it is set to `value` first.
   *
   * @throws {RangeError} If `key` is new and there are 2^31 - 1 entries already.
   */
  override getOrInsert(key: K, value: V): V {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    this.#insert(key, hash, value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   * @throws {RangeError} If `key` is new and there are 2^31 - 1 entries already.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    const value = compute(storedKey(key));
    this.#put(key, hash, value);
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    const current = this.#valueOf(number);
    this.#remove(hash, number);
    return current;
  }

  /**
   * Sets the value of `key` and returns the one that it had before.
   *
   * @throws {RangeError} If `key` is new and there are 2^31 - 1 entries already.
   */
  override getAndSet(key: K, value: V): V | undefined {
    const hash = this.#hashOf(key);
    const current = this.#valueOf(this.#index.find(key, hash));
    this.#put(key, hash, value);
    return current;
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const number = this.#index.find(key, this.#hashOf(key));
    if (number === 0 || !sameValueZero(this.#entries.valueOf(number), expected)) return false;
    this.#entries.setValue(number, value);
    return true;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    const hash = this.#hashOf(key);
    const number = this.#index.find(key, hash);
    return number !== 0 && sameValueZero(this.#entries.valueOf(number), expected) && this.#remove(hash, number);
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   * @throws {RangeError} If `key` is new and there are 2^31 - 1 entries already.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const hash = this.#hashOf(key);
    const next = fn(this.#valueOf(this.#index.find(key, hash)));
    if (next === undefined) this.#remove(hash, this.#index.find(key, hash));
    else this.#put(key, hash, next);
    return next;
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#visit((number) => [this.#entries.keyOf(number), this.#entries.valueOf(number)]);
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return this.#visit((number) => this.#entries.keyOf(number));
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return this.#visit((number) => this.#entries.valueOf(number));
  }

  /** Visits the present entries, and those that take the places of deleted ones meanwhile. */
  *#visit<T>(pick: (number: number) => T): MapIterator<T> {
    const { end } = this.#entries;
    for (let number = this.#entries.nextInUse(1); number < end; number = this.#entries.nextInUse(number + 1)) {
      yield pick(number);
    }
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

  /** Removes the entry of that number, unless it is 0, and returns whether it did. */
  #remove(hash: number, number: number): boolean {
    if (number === 0) return false;
    this.#index.remove(hash, number);
    this.#entries.remove(number);
    return true;
  }
}
