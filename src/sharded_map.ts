import type { ConcurrentMap, Traits } from "./concurrent_map.ts";
import { keyHash } from "./key_hash.ts";
import { sameValueZero, storedKey } from "./same_value_zero.ts";
import { Slab } from "./slab.ts";

/** How many entries there may be for each shard: one more, and a shard is split. No shard gets much more than 5/8 full. */
const LOAD = 1280;
const SLOT_BITS = 12;

/** How far from its home an entry may be. With a hash that spreads the keys none would be further. */
const WINDOW = 128;

/** A shard that no entry was put into yet. */
const UNUSED = emptyShard();

/** The most shards that a map can begin with. */
const MAX_SHARDS = 65_536;

/** What a {@link ShardedMap} can be told. */
export interface ShardedMapOptions<K> {
  /**
   * How many shards the map begins with, and goes back to when it is cleared: a power of two from 1 to 65536. Those that it
   * will need anyway, one for every 1280 entries, spare it the splits.
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
 * doc
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
  readonly #fewest: number;
  readonly #hash: (key: K) => number;
  readonly #entries = new Slab<K, V>();
  /** Slots of a hash and the number of an entry that has it, or 0. */
  #shards: Int32Array[];
  /** The bits of a hash that choose a shard; without the highest of them where there is no such shard yet. */
  #mask: number;
  /** The numbers of the entries that found no slot near enough to their home. */
  readonly #overflow = new Map<K, number>();

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
    this.#fewest = shards;
    this.#hash = hash;
    this.#shards = Array(shards).fill(UNUSED);
    this.#mask = shards - 1;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** How many entries are found by way of each shard: how well the hash spreads the keys. O(n). */
  get shardSizes(): number[] {
    return this.#shards.map((shard) => {
      let size = 0;
      if (shard !== UNUSED) for (let at = 1; at < shard.length; at += 2) if (shard[at] !== 0) size++;
      return size;
    });
  }

  /** How many entries are found by way of none: more than 0 only with a hash that does not spread the keys. */
  get overflowSize(): number {
    return this.#overflow.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#valueOf(this.#find(key, this.#hashOf(key)));
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#find(key, this.#hashOf(key)) !== 0;
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.#put(key, this.#hashOf(key), value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    const hash = this.#hashOf(key);
    return this.#remove(hash, this.#find(key, hash));
  }

  /** Removes every entry. */
  clear(): void {
    this.#entries.clear();
    this.#overflow.clear();
    this.#shards = Array(this.#fewest).fill(UNUSED);
    this.#mask = this.#fewest - 1;
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    const hash = this.#hashOf(key);
    const number = this.#find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    this.#insert(key, hash, value);
    return value;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const hash = this.#hashOf(key);
    const number = this.#find(key, hash);
    if (number !== 0) return this.#entries.valueOf(number);
    const value = compute(storedKey(key));
    this.#put(key, hash, value);
    return value;
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const hash = this.#hashOf(key);
    const number = this.#find(key, hash);
    const current = this.#valueOf(number);
    this.#remove(hash, number);
    return current;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const hash = this.#hashOf(key);
    const current = this.#valueOf(this.#find(key, hash));
    this.#put(key, hash, value);
    return current;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    const number = this.#find(key, this.#hashOf(key));
    if (number === 0 || !sameValueZero(this.#entries.valueOf(number), expected)) return false;
    this.#entries.setValue(number, value);
    return true;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    const hash = this.#hashOf(key);
    const number = this.#find(key, hash);
    return number !== 0 && sameValueZero(this.#entries.valueOf(number), expected) && this.#remove(hash, number);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const hash = this.#hashOf(key);
    const next = fn(this.#valueOf(this.#find(key, hash)));
    if (next === undefined) this.#remove(hash, this.#find(key, hash));
    else this.#put(key, hash, next);
    return next;
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    for (const [key, value] of this.entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`. */
  *entries(): MapIterator<[K, V]> {
    for (const number of this.#entries.numbers()) yield [this.#entries.keyOf(number), this.#entries.valueOf(number)];
  }

  /** Iterates over the keys. */
  *keys(): MapIterator<K> {
    for (const number of this.#entries.numbers()) yield this.#entries.keyOf(number);
  }

  /** Iterates over the values. */
  *values(): MapIterator<V> {
    for (const number of this.#entries.numbers()) yield this.#entries.valueOf(number);
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

  #hashOf(key: K): number {
    return this.#hash(key) | 0;
  }

  #valueOf(number: number): V | undefined {
    return number === 0 ? undefined : this.#entries.valueOf(number);
  }

  /** The number of the entry of `key`, or 0. */
  #find(key: K, hash: number): number {
    const shard = this.#shards[this.#shardAt(hash)] as Int32Array;
    const home = homeOf(hash);
    for (let at = home; at < home + 2 * WINDOW; at += 2) {
      const number = shard[at + 1] as number;
      if (number === 0) break;
      if (shard[at] === hash && sameValueZero(this.#entries.keyOf(number), key)) return number;
    }
    return this.#overflow.size === 0 ? 0 : this.#overflow.get(key) ?? 0;
  }

  #put(key: K, hash: number, value: V): void {
    const number = this.#find(key, hash);
    if (number === 0) this.#insert(key, hash, value);
    else this.#entries.setValue(number, value);
  }

  #insert(key: K, hash: number, value: V): void {
    const number = this.#entries.add(storedKey(key), value);
    if (!this.#place(hash, number)) this.#overflow.set(key, number);
    if (this.size > LOAD * this.#shards.length) this.#split();
  }

  /** Removes the entry of that number, and tells whether it is one. */
  #remove(hash: number, number: number): boolean {
    if (number === 0) return false;
    if (this.#overflow.size === 0 || !this.#overflow.delete(this.#entries.keyOf(number))) this.#unplace(hash, number);
    this.#entries.remove(number);
    return true;
  }

  #shardAt(hash: number): number {
    const at = hash & this.#mask;
    return at < this.#shards.length ? at : at & (this.#mask >>> 1);
  }

  /** Puts an entry into the first free slot from its home on, and tells whether there was one near enough. */
  #place(hash: number, number: number): boolean {
    const shardAt = this.#shardAt(hash);
    const home = homeOf(hash);
    let shard = this.#shards[shardAt] as Int32Array;
    if (shard === UNUSED) this.#shards[shardAt] = shard = emptyShard();
    for (let at = home; at < home + 2 * WINDOW; at += 2) {
      if (shard[at + 1] !== 0) continue;
      shard[at] = hash;
      shard[at + 1] = number;
      return true;
    }
    return false;
  }

  /** Frees the slot of an entry, and moves those behind it up that may be nearer to their homes. */
  #unplace(hash: number, number: number): void {
    const shard = this.#shards[this.#shardAt(hash)] as Int32Array;
    let free = homeOf(hash);
    while (shard[free + 1] !== number) free += 2;
    for (let at = free + 2; at < shard.length && shard[at + 1] !== 0; at += 2) {
      if (homeOf(shard[at] as number) > free) continue;
      shard.copyWithin(free, at, at + 2);
      free = at;
    }
    shard[free + 1] = 0;
  }

  /** Adds a shard, and moves to it what is in its place in the shard whose turn it is. */
  #split(): void {
    const { length } = this.#shards;
    if (length > this.#mask) this.#mask = 2 * this.#mask + 1;
    const shard = this.#shards[length & (this.#mask >>> 1)] as Int32Array;
    this.#shards.push(UNUSED);
    // An entry that stays finds a slot no further from its home than its old one: those before it have been placed so.
    for (let at = 0; at < shard.length; at += 2) {
      const number = shard[at + 1] as number;
      if (number === 0) continue;
      shard[at + 1] = 0;
      this.#place(shard[at] as number, number);
    }
  }
}

function emptyShard(): Int32Array {
  return new Int32Array(2 * (2 ** SLOT_BITS + WINDOW));
}

/** Where the slots of a hash begin: by Fibonacci hashing (Knuth), so that hashes which differ in any bits are apart. */
function homeOf(hash: number): number {
  return 2 * (Math.imul(hash, 0x9e3779b1) >>> (32 - SLOT_BITS));
}
