import type { ConcurrentMap, Traits } from "./concurrent_map.ts";
import { sameValueZero, storedKey } from "./same_value_zero.ts";

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
    keys: "any",
    values: "reference",
    maxEntries: 2 ** 24,
    shared: false,
  };
  #map: Map<K, V>;

  /**
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

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): this {
    this.#map.set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  clear(): void {
    this.#map.clear();
  }

  getOrInsert(key: K, value: V): V {
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    this.#map.set(key, value);
    return value;
  }

  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    const value = compute(storedKey(key));
    this.#map.set(key, value);
    return value;
  }

  getAndDelete(key: K): V | undefined {
    const current = this.#map.get(key);
    this.#map.delete(key);
    return current;
  }

  getAndSet(key: K, value: V): V | undefined {
    const current = this.#map.get(key);
    this.#map.set(key, value);
    return current;
  }

  compareAndSet(key: K, expected: V, value: V): boolean {
    if (!this.#holds(key, expected)) return false;
    this.#map.set(key, value);
    return true;
  }

  compareAndDelete(key: K, expected: V): boolean {
    return this.#holds(key, expected) && this.#map.delete(key);
  }

  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(this.#map.get(key));
    if (next === undefined) this.#map.delete(key);
    else this.#map.set(key, next);
    return next;
  }

  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    this.#map.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  values(): MapIterator<V> {
    return this.#map.values();
  }

  snapshot(): Iterable<[K, V]> {
    return [...this.#map];
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map[Symbol.iterator]();
  }

  get [Symbol.toStringTag](): string {
    return "NativeMap";
  }

  #holds(key: K, expected: V): boolean {
    const current = this.#map.get(key);
    return sameValueZero(current, expected) && (current !== undefined || this.#map.has(key));
  }
}
