import { AbstractMap } from "./abstract_map.ts";
import { backedBy } from "./backing.ts";
import { checkCallback } from "./callback.ts";
import type { ConcurrentMap, EvictingMap, ExpiringMap, Traits } from "./concurrent_map.ts";
import { asConcurrentMap } from "./native/as_concurrent_map.ts";

/**
 * A map that forwards every operation to another one, for a class that changes some of them: override those, and call
 * `super` to forward. Each operation is forwarded as it is: overriding `get` does not change `update`.
 *
 * @example
 * ```ts
 * import { ForwardingMap } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * class CountingMap<K, V> extends ForwardingMap<K, V> {
 *   hits = 0;
 *   override get(key: K): V | undefined {
 *     this.hits++;
 *     return super.get(key);
 *   }
 * }
 *
 * const counting = new CountingMap(new Map([["a", 1]]));
 * assertEquals([counting.get("a"), counting.hits], [1, 1]);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class ForwardingMap<K, V> extends AbstractMap<K, V> implements EvictingMap<K, V>, ExpiringMap<K, V> {
  readonly #map: ConcurrentMap<K, V>;

  /**
   * Forwards to `map`.
   *
   * @param map The other map; a plain `Map` is adopted, not copied.
   * @throws {TypeError} If `map` is not a map.
   */
  constructor(map: ConcurrentMap<K, V> | Map<K, V>) {
    super();
    this.#map = asConcurrentMap(map, "Cannot create ForwardingMap: its map");
    backedBy(this, this.#map);
  }

  /** The traits of the other map. */
  override get traits(): Traits {
    return this.#map.traits;
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

  /** Sets the value of `key` and returns the map; `ttlMs` is for another map whose entries expire. */
  set(key: K, value: V, options?: { readonly ttlMs?: number | undefined }): this {
    if (options !== undefined && isExpiring(this.#map)) this.#map.set(key, value, options);
    else this.#map.set(key, value);
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

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    return this.#map.getOrInsert(key, value);
  }

  /** The value of `key`; if it is absent, it is set to what `compute` returns first. */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    return this.#map.getOrInsertComputed(key, compute);
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    return this.#map.getAndDelete(key);
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    return this.#map.getAndSet(key, value);
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    return this.#map.compareAndSet(key, expected, value);
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    return this.#map.compareAndDelete(key, expected);
  }

  /** Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#map.update(key, fn);
  }

  /** The value of `key`, or `undefined` if it is absent. The key does not count as used. */
  peek(key: K): V | undefined {
    return isEvicting(this.#map) ? this.#map.peek(key) : this.#map.get(key);
  }

  /** Whether the other map ever evicted `key`, as far as it knows; `false` if it does not evict. */
  evicted(key: K): boolean {
    return isEvicting(this.#map) && this.#map.evicted(key);
  }

  /** When the entry of `key` expires: `Infinity` if it never does, `undefined` if the key is absent. */
  expiresAt(key: K): number | undefined {
    if (isExpiring(this.#map)) return this.#map.expiresAt(key);
    return this.#map.has(key) ? Infinity : undefined;
  }

  /** Whether the entry of `key` ever expired, as far as the other map knows; `false` if its entries never expire. */
  expired(key: K): boolean {
    return isExpiring(this.#map) && this.#map.expired(key);
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

  /** The entries as of this moment. */
  override snapshot(): Iterable<[K, V]> {
    return this.#map.snapshot();
  }
}

function isEvicting<K, V>(map: ConcurrentMap<K, V>): map is EvictingMap<K, V> {
  return "peek" in map && "evicted" in map;
}

function isExpiring<K, V>(map: ConcurrentMap<K, V>): map is ExpiringMap<K, V> {
  return "expiresAt" in map && "expired" in map;
}
