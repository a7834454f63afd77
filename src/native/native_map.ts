import type { ConcurrentMap, Traits } from "../concurrent_map.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";

/**
 * A {@link ConcurrentMap} over ECMAScript's own `Map`: the baseline that the others are measured against.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(n), when the table grows |
 * | `clear` | O(1) | O(n), left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n) |
 *
 * What it is bad at: growth rehashes the whole table in one pause (about a second at 10 million entries on V8), and V8
 * throws a `RangeError` at 2^24 entries. Take a `ShardedMap` for more.
 *
 * @example
 * ```ts
 * import { NativeMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const visits = new NativeMap<string, number>();
 * visits.update("home", (count = 0) => count + 1);
 * assertEquals(visits.get("home"), 1);
 * assertEquals(visits.compareAndSet("home", 1, 5), true);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class NativeMap<K, V> implements ConcurrentMap<K, V> {
  /** Insertion order, live iteration, values by reference; 2^24 entries. */
  readonly traits: Traits = {
    order: "insertion",
    iteration: "live",
    snapshot: "linear",
    keys: "any",
    values: "reference",
    maxEntries: 2 ** 24,
    shared: false,
    evicts: false,
  };
  #map: Map<K, V>;

  /**
   * Begins with `entries`, or empty.
   *
   * @param entries The first entries; of two with the same key the later one counts.
   * @throws {TypeError} If `entries` is not an iterable of pairs.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    this.#map = new Map(entries);
  }

  /**
   * Puts the interface over a `Map` that exists, without copying it: both then show the same entries, and what the
   * `Map` does in its own way (a subclass may) stays so.
   *
   * @param map The map to use from now on.
   * @returns A `NativeMap` over that very map.
   * @throws {TypeError} If `map` is not a `Map`.
   */
  static adopt<K, V>(map: Map<K, V>): NativeMap<K, V> {
    if (!(map instanceof Map)) {
      throw new TypeError(`Cannot adopt a map: it must be a Map: received ${typeof map}`);
    }
    const adopted = new NativeMap<K, V>();
    adopted.#map = map;
    return adopted;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#map.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#map.has(key);
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.#map.set(key, value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  /** Removes every entry. */
  clear(): void {
    this.#map.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    this.#map.set(key, value);
    return value;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    const value = compute(storedKey(key));
    this.#map.set(key, value);
    return value;
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    const current = this.#map.get(key);
    this.#map.delete(key);
    return current;
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const current = this.#map.get(key);
    this.#map.set(key, value);
    return current;
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    if (!this.#holds(key, expected)) return false;
    this.#map.set(key, value);
    return true;
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    return this.#holds(key, expected) && this.#map.delete(key);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(this.#map.get(key));
    if (next === undefined) this.#map.delete(key);
    else this.#map.set(key, next);
    return next;
  }

  /** Calls `callback` for each entry. */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    this.#map.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  /** Iterates over the keys. */
  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  /** Iterates over the values. */
  values(): MapIterator<V> {
    return this.#map.values();
  }

  /** The entries as of this moment. */
  snapshot(): Iterable<[K, V]> {
    return [...this.#map];
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map[Symbol.iterator]();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "NativeMap";
  }

  #holds(key: K, expected: V): boolean {
    const current = this.#map.get(key);
    return sameValueZero(current, expected) && (current !== undefined || this.#map.has(key));
  }
}
