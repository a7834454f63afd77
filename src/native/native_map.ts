import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { received } from "../received.ts";

const TRAITS: Traits = { ...DEFAULT_TRAITS, order: "insertion", iteration: "live" };

/**
 * A {@link ConcurrentMap} over ECMAScript's own `Map`: the baseline for all others.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has`, `delete` and the atomic operations on an existing key | O(1) | O(1) |
 * | `set` and the atomic operations on a new key | O(1) | O(n), when the table grows |
 * | `clear` | O(1) | O(n), left to the garbage collector |
 * | iteration, `snapshot` | O(n) | O(n) |
 *
 * What it is bad at: growth rehashes the whole table in one pause (about a second at 10 million entries on V8), and V8
 * throws a `RangeError` at 2^24 entries, or where more than 2^23 are present and others are deleted and added. Use a
 * `ShardedMap` for more.
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
export class NativeMap<K, V> extends AbstractMap<K, V> {
  #map: Map<K, V>;

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts.
   * @throws {TypeError} If `entries` is not an iterable of pairs.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null) {
    super();
    this.#map = new Map(entries);
  }

  /**
   * Wraps an existing `Map` without copying it: both then have the same entries. A subclass of `Map` keeps its own
   * behaviour.
   *
   * @param map The map to wrap.
   * @returns A `NativeMap` over that map.
   * @throws {TypeError} If `map` is not a `Map`.
   */
  static adopt<K, V>(map: Map<K, V>): NativeMap<K, V> {
    if (!(map instanceof Map)) {
      throw new TypeError(`Cannot adopt a map: it must be a Map: ${received(map)}`);
    }
    const adopted = new NativeMap<K, V>();
    adopted.#map = map;
    return adopted;
  }

  /** Insertion order, live iteration, values by reference; 2^23 entries. */
  override get traits(): Traits {
    return TRAITS;
  }

  /** The number of entries. */
  override get size(): number {
    return this.#map.size;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    return this.#map.has(key);
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.#map.set(key, value);
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  /** Removes every entry. */
  override clear(): void {
    this.#map.clear();
  }

  // As in AbstractMap, whose methods are slower on V8 once maps of several classes have used them.

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    this.#map.set(key, value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const current = this.#map.get(key);
    if (current !== undefined || this.#map.has(key)) return current as V;
    const value = compute(storedKey(key));
    this.#map.set(key, value);
    return value;
  }

  /** Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(this.#map.get(key));
    if (next === undefined) this.#map.delete(key);
    else this.#map.set(key, next);
    return next;
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    const current = this.#map.get(key);
    this.#map.set(key, value);
    return current;
  }

  /**
   * Calls `callback` for each entry; `thisArg` is its `this`.
   *
   * @throws {TypeError} If `callback` is not a function.
   */
  override forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    checkCallback("forEach", callback);
    this.#map.forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return this.#map.keys();
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return this.#map.values();
  }
}
