import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { backedBy } from "../backing.ts";
import { checkCallback } from "../callback.ts";
import type { EvictingMap, Traits } from "../concurrent_map.ts";
import { isMap } from "../inspection/brands.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { received } from "../received.ts";
import { type AdoptOptions, checkAdoptOptions } from "./adopt_options.ts";

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
export class NativeMap<K, V> extends AbstractMap<K, V> implements EvictingMap<K, V> {
  #map: Map<K, V>;
  #traits = TRAITS;
  #peek: ((key: K) => V | undefined) | undefined;
  #evicted: ((key: K) => boolean) | undefined;

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
   * behaviour. If it has a `get` of its own, it may be a cache, which moves what is read: unless `traits` say otherwise, it
   * then has no order, and `get` touches.
   *
   * @param map The map to wrap; it may come from another realm.
   * @param options What its owner knows about it: see {@link AdoptOptions}.
   * @returns A `NativeMap` over that map.
   * @throws {TypeError} If `map` is not a `Map`, or an option or trait is unknown or of the wrong type.
   * @throws {RangeError} If a trait is out of its range.
   *
   * @example
   * ```ts
   * import { NativeMap } from "@twinmap/twinmap";
   * import { assertEquals } from "@std/assert";
   *
   * class RecentMap<K, V> extends Map<K, V> {
   *   override get(key: K): V | undefined {
   *     const value = super.get(key);
   *     if (super.delete(key)) super.set(key, value as V);
   *     return value;
   *   }
   * }
   *
   * const recent = new RecentMap([["a", 1], ["b", 2]]);
   * const adopted = NativeMap.adopt(recent, { peek: (key) => Map.prototype.get.call(recent, key) });
   * assertEquals(adopted.traits.touches, true);
   * assertEquals([adopted.peek("a"), [...adopted.keys()]], [1, ["a", "b"]]);
   * ```
   */
  static adopt<K, V>(map: Map<K, V>, options?: AdoptOptions<K, V>): NativeMap<K, V> {
    // A Proxy of a `Map` is none itself.
    if (!isMap(map) && !((map as unknown) instanceof Map)) {
      throw new TypeError(`Cannot adopt a map: it must be a Map: ${received(map)}`);
    }
    const { peek, evicted, traits } = checkAdoptOptions(map, options);
    const adopted = new NativeMap<K, V>();
    adopted.#map = map;
    adopted.#peek = peek;
    adopted.#evicted = evicted;
    adopted.#traits = { ...TRAITS, ...traits };
    backedBy(adopted, map);
    return adopted;
  }

  /** Insertion order, live iteration, values by reference, 2^23 entries; of an adopted map, what its owner declared. */
  override get traits(): Traits {
    return this.#traits;
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

  /** The value of `key`, or `undefined` if it is absent: by the `peek` of an adopted map, if it has one, else by `get`. */
  peek(key: K): V | undefined {
    return this.#peek === undefined ? this.#map.get(key) : this.#peek(key);
  }

  /** Whether an adopted map that evicts may have evicted `key`; `false` for a map that does not evict. */
  evicted(key: K): boolean {
    return this.#evicted?.(key) ?? this.#traits.evicts;
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

  // From here on as in `ForwardingMap`, but over a plain `Map`, which has other methods.

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
