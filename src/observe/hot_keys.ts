import { asConcurrentMap } from "../native/as_concurrent_map.ts";
import type { ConcurrentMap, EvictingMap, Traits } from "../concurrent_map.ts";
import { type HotKey, SpaceSaving } from "./space_saving.ts";

/** The most keys that can be listed. */
const MAX_TOP = 1_000;

/**
 * How many keys are counted to each one that is listed. With 8, all of the top 100 of a million keys are found, each to
 * 4 %, though they follow a Zipf law as flat as 0.7; with 2, a third of them are missed.
 */
const COUNTED_PER_LISTED = 8;

/** What {@link hotKeys} can be told. */
export interface HotKeysOptions {
  /**
   * How many keys are listed: 1 to 1,000. Each takes about a kilobyte, and holds on to eight keys.
   * @default {20}
   */
  readonly top?: number;
}

/**
 * Observes a map: counts each operation on a key and knows the keys that are used the most, in memory that does not grow.
 *
 * @param map The map to observe; a plain `Map` is adopted, not copied.
 * @param options See {@link HotKeysOptions}.
 * @returns The map to use from now on: what is done past it is not counted.
 * @throws {TypeError} If `map` is not a map, or `top` not a number.
 * @throws {RangeError} If `top` is not a whole number from 1 to 1000.
 *
 * @example
 * ```ts
 * import { hotKeys } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const carts = hotKeys(new Map([["ada", 1], ["bob", 2]]), { top: 1 });
 * carts.get("ada");
 * carts.get("bob");
 * carts.set("ada", 3);
 * assertEquals(carts.top(), [{ key: "ada", count: 2, error: 0 }]);
 * assertEquals(carts.counted, 3);
 * ```
 */
export function hotKeys<K, V>(
  map: ConcurrentMap<K, V> | Map<K, V>,
  options: HotKeysOptions = {},
): HotKeysMap<K, V> {
  const { top = 20 } = options;
  if (typeof top !== "number") {
    throw new TypeError(
      `Cannot observe a map: top must be a whole number from 1 to ${MAX_TOP}: received ${typeof top}`,
    );
  }
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw new RangeError(`Cannot observe a map: top must be a whole number from 1 to ${MAX_TOP}: received ${top}`);
  }
  return new HotKeysMap(asConcurrentMap(map, "Cannot observe a map: it"), top);
}

/**
 * A map that hands every operation on to another one, and counts those on a key. Made by `hotKeys`.
 *
 * Each call counts once for its key, whether it finds it or not, and even if it throws. What concerns the whole map
 * (`size`, `clear`, iteration, `snapshot`) counts for no key, and `clear` leaves the counts as they are. They are of all
 * the time since the map was first observed: what is hot only now shows in the difference between two readings.
 *
 * The counts come from a space-saving sketch with a filter, so each has a bound on its error. Nothing is sampled: the
 * bound holds always, not probably. What that costs is shown by `bench/hot_keys/main.ts`: with 100,000 string keys an
 * operation takes about twice as long as a `Map`'s alone where some keys are hot, and two to five times as long where all
 * are used alike, since a key that is not among those counted is looked for and hashed as well.
 *
 * The keys that are counted, eight times `top`, are held strongly, also if they are objects that the map has lost.
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class HotKeysMap<K, V> implements EvictingMap<K, V> {
  readonly #map: ConcurrentMap<K, V>;
  readonly #sketch: SpaceSaving<K>;
  readonly #top: number;

  /** Use `hotKeys`. */
  constructor(map: ConcurrentMap<K, V>, top: number) {
    this.#map = map;
    this.#sketch = new SpaceSaving(top * COUNTED_PER_LISTED);
    this.#top = top;
  }

  /**
   * The keys that were used the most, at most `top` of them, in descending order of their counts. The true count of each
   * lies from `count - error` to `count`, and no other key was used more often than the `count` of the last one.
   */
  top(): HotKey<K>[] {
    return this.#sketch.top(this.#top);
  }

  /** How many operations were counted, on all keys together. */
  get counted(): number {
    return this.#sketch.total;
  }

  /** The traits of the map that is observed. */
  get traits(): Traits {
    return this.#map.traits;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#map.size;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    this.#sketch.add(key);
    return this.#map.get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    this.#sketch.add(key);
    return this.#map.has(key);
  }

  /** Gives `key` a value and returns the map. */
  set(key: K, value: V): this {
    this.#sketch.add(key);
    this.#map.set(key, value);
    return this;
  }

  /** Removes `key`, and tells whether it was there. */
  delete(key: K): boolean {
    this.#sketch.add(key);
    return this.#map.delete(key);
  }

  /** Removes every entry. */
  clear(): void {
    this.#map.clear();
  }

  /** The value of `key`; if it has none, it is given `value` first. */
  getOrInsert(key: K, value: V): V {
    this.#sketch.add(key);
    return this.#map.getOrInsert(key, value);
  }

  /** The value of `key`; if it has none, it is given what `compute` returns. */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    this.#sketch.add(key);
    return this.#map.getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value it had. */
  getAndDelete(key: K): V | undefined {
    this.#sketch.add(key);
    return this.#map.getAndDelete(key);
  }

  /** Gives `key` a value and returns the one it had before. */
  getAndSet(key: K, value: V): V | undefined {
    this.#sketch.add(key);
    return this.#map.getAndSet(key, value);
  }

  /** Gives `key` a value if it has the value `expected`, and tells whether it did. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    this.#sketch.add(key);
    return this.#map.compareAndSet(key, expected, value);
  }

  /** Removes `key` if it has the value `expected`, and tells whether it did. */
  compareAndDelete(key: K, expected: V): boolean {
    this.#sketch.add(key);
    return this.#map.compareAndDelete(key, expected);
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    this.#sketch.add(key);
    return this.#map.update(key, fn);
  }

  /** The value of `key`, or `undefined` if there is none. It counts neither here nor as a use in a map that evicts. */
  peek(key: K): V | undefined {
    return isEvicting(this.#map) ? this.#map.peek(key) : this.#map.get(key);
  }

  /** Whether the map ever removed `key` on its own, as far as it tells. */
  evicted(key: K): boolean {
    return isEvicting(this.#map) && this.#map.evicted(key);
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
    return this.#map.snapshot();
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map[Symbol.iterator]();
  }

  /** The class's name. */
  get [Symbol.toStringTag](): string {
    return "HotKeysMap";
  }
}

function isEvicting<K, V>(map: ConcurrentMap<K, V>): map is EvictingMap<K, V> {
  return "peek" in map && "evicted" in map;
}
