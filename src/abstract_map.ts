import { checkCallback } from "./callback.ts";
import type { ConcurrentMap, Traits } from "./concurrent_map.ts";
import { showAsMap } from "./inspection/show_as_map.ts";
import { sameValueZero, storedKey } from "./keys/same_value_zero.ts";

/**
 * How many entries a `Map` holds on V8, however they come and go. It throws a `RangeError` at the 2^24th where none was ever
 * deleted, and where more than 2^23 are present after 2^24 were set: it cannot get rid of deleted ones then.
 */
export const MAX_MAP_ENTRIES: number = 2 ** 23;

/** The traits of a map that declares none. */
export const DEFAULT_TRAITS: Traits = {
  order: "none",
  iteration: "weak",
  maxVisitedOnce: Infinity,
  snapshot: "linear",
  keys: "any",
  values: "reference",
  maxEntries: MAX_MAP_ENTRIES,
  maxKeyBytes: Infinity,
  maxValueBytes: Infinity,
  scope: "thread",
  atomic: "store",
  evicts: false,
  touches: false,
  expires: "never",
  expiryPrecisionMs: 0,
};

/**
 * A map of your own: write `get`, `has`, `set`, `delete` and `entries`, and the rest of {@link ConcurrentMap} follows.
 * Override what your map can do faster, such as `size` and `clear`, which take O(n) here, and declare the {@link
 * Traits} that differ from the defaults: no order, weak iteration, a snapshot in linear time, any keys, values by
 * reference, 2^23 entries, keys and values of any length, used by one thread, atomic to all its users, no eviction, reads that
 * change nothing, entries that never expire.
 *
 * The methods that follow are atomic only if the five given methods run to their end before another operation begins,
 * as in one thread they do. They look a key up more than once.
 *
 * @example
 * ```ts
 * import { AbstractMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * class CaseInsensitiveMap<V> extends AbstractMap<string, V> {
 *   readonly #map = new Map<string, V>();
 *   get(key: string): V | undefined {
 *     return this.#map.get(key.toLowerCase());
 *   }
 *   has(key: string): boolean {
 *     return this.#map.has(key.toLowerCase());
 *   }
 *   set(key: string, value: V): this {
 *     this.#map.set(key.toLowerCase(), value);
 *     return this;
 *   }
 *   delete(key: string): boolean {
 *     return this.#map.delete(key.toLowerCase());
 *   }
 *   entries(): MapIterator<[string, V]> {
 *     return this.#map.entries();
 *   }
 * }
 *
 * const headers = new CaseInsensitiveMap<string>().set("Accept", "text/html");
 * assertEquals(headers.getOrInsert("ACCEPT", "*"), "text/html");
 * assertEquals([...headers.keys()], ["accept"]);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export abstract class AbstractMap<K, V> implements ConcurrentMap<K, V> {
  /** The value of `key`, or `undefined` if it is absent. */
  abstract get(key: K): V | undefined;
  /** Whether `key` is present, even if its value is `undefined`. */
  abstract has(key: K): boolean;
  /** Sets the value of `key` and returns the map. */
  abstract set(key: K, value: V): this;
  /** Removes `key` and returns whether it was present. */
  abstract delete(key: K): boolean;
  /** Iterates over `[key, value]`. */
  abstract entries(): MapIterator<[K, V]>;

  /** What the map guarantees beyond its type. */
  get traits(): Traits {
    return DEFAULT_TRAITS;
  }

  /** The number of entries. They are counted, in O(n). */
  get size(): number {
    let size = 0;
    for (const _ of this.entries()) size++;
    return size;
  }

  /** The name of the class, as in `Object.prototype.toString`. */
  get [Symbol.toStringTag](): string {
    return this.constructor.name;
  }

  /** Removes every entry, one after the other: O(n). */
  clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  getOrInsert(key: K, value: V): V {
    const current = this.get(key);
    if (current !== undefined || this.has(key)) return current as V;
    this.set(key, value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first. If `compute` throws, nothing is
   * stored.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const current = this.get(key);
    if (current !== undefined || this.has(key)) return current as V;
    const value = compute(storedKey(key));
    this.set(key, value);
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  getAndDelete(key: K): V | undefined {
    const current = this.get(key);
    this.delete(key);
    return current;
  }

  /** Sets the value of `key` and returns the one that it had before. */
  getAndSet(key: K, value: V): V | undefined {
    const current = this.get(key);
    this.set(key, value);
    return current;
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  compareAndSet(key: K, expected: V, value: V): boolean {
    if (!holds(this, key, expected)) return false;
    this.set(key, value);
    return true;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  compareAndDelete(key: K, expected: V): boolean {
    return holds(this, key, expected) && this.delete(key);
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. If `fn` throws, nothing is
   * changed.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const next = fn(this.get(key));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /**
   * Calls `callback` for each entry; `thisArg` is its `this`.
   *
   * @throws {TypeError} If `callback` is not a function.
   */
  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    checkCallback("forEach", callback);
    for (const [key, value] of this.#entries()) callback.call(thisArg, value, key, this);
  }

  /** Iterates over the keys. */
  keys(): MapIterator<K> {
    return keysOf(this.#entries());
  }

  /** Iterates over the values. */
  values(): MapIterator<V> {
    return valuesOf(this.#entries());
  }

  /** Iterates over `[key, value]`. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#entries();
  }

  /** The entries as of this moment, whatever is written afterwards. O(n). */
  snapshot(): Iterable<[K, V]> {
    return [...this.#entries()];
  }

  /** `entries`, as a private method: it throws a `TypeError` for a receiver that is not an `AbstractMap`, such as a `Map`. */
  #entries(): MapIterator<[K, V]> {
    return this.entries();
  }

  static {
    showAsMap(this.prototype);
  }
}

function holds<K, V>(map: ConcurrentMap<K, V>, key: K, expected: V): boolean {
  const current = map.get(key);
  return sameValueZero(current, expected) && (current !== undefined || map.has(key));
}

function* keysOf<K, V>(entries: Iterable<[K, V]>): MapIterator<K> {
  for (const [key] of entries) yield key;
}

function* valuesOf<K, V>(entries: Iterable<[K, V]>): MapIterator<V> {
  for (const [, value] of entries) yield value;
}
