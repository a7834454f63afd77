/**
 * A least-recently-used cache, limited by number of entries, total size or time, over the package `lru-cache`.
 *
 * @module
 */

import { LRUCache } from "lru-cache";
import { AbstractMap } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { EvictingMap, ExpiringMap, Traits } from "../concurrent_map.ts";
import { backedBy } from "../backing.ts";
import { checkLruCache, type LruCache, unwrapped, wrapped } from "./lru_cache.ts";
import { checkLruAdoptOptions, checkLruOptions, type LruAdoptOptions, type LruMapOptions } from "./lru_options.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { type Dispose, RecordedCache, type Wrapped } from "./recorded_cache.ts";
import { mapArguments, setEntries } from "../map_arguments.ts";

export type { ConcurrentMap, EvictingMap, ExpiringMap, Traits } from "../concurrent_map.ts";
export type { LruCache } from "./lru_cache.ts";
export type { EvictReason, LruAdoptOptions, LruMapOptions } from "./lru_options.ts";

/**
 * A cache over the package `lru-cache`: a {@link ConcurrentMap} that evicts the least recently used entry when it is
 * full, and entries that have expired.
 *
 * Every operation on a key counts as a use, except `has`, `peek` and iteration. The time to live of an entry begins when it is inserted,
 * or by `set`; all other writes keep it, as in the maps over stores.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | operations on one key | O(1) | O(1); with `maxSize`, O(evicted entries) for a large entry |
 * | `size` | O(1) | O(n) with `ttlMs`, since it evicts the expired entries |
 * | `clear` | O(n) | O(n) |
 * | iteration, `snapshot` | O(n) | O(n); an iteration begins in O(1) |
 *
 * What it is bad at: an expired entry takes memory until its key is used. Without `max` it grows like a `Map`. It
 * hashes each evicted key, for {@link LruMap.evicted}.
 *
 * In a twin, an evicted key is not a diff, but is counted as `evicted`; an expired one that the other map still answers
 * is a diff of kind `expiry`. The twin compares by `peek`, which changes nothing. While only the other map answers,
 * this one sees no reads, and so keeps what was written last.
 *
 * @example
 * ```ts
 * import { LruMap } from "@twinmap/twinmap/lru";
 * import { assertEquals } from "@std/assert";
 *
 * const evicted: string[] = [];
 * const sessions = new LruMap<string, number>({ max: 2, ttlMs: 60_000, onEvict: (key) => evicted.push(key) });
 * sessions.set("a", 1).set("b", 2);
 * assertEquals(sessions.get("a"), 1);
 * sessions.set("c", 3);
 * assertEquals(evicted, ["b"]);
 * assertEquals([sessions.has("b"), sessions.evicted("b")], [false, true]);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class LruMap<K, V> extends AbstractMap<K, V> implements EvictingMap<K, V>, ExpiringMap<K, V> {
  #cache: RecordedCache<K, V>;

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts. Or the options alone.
   * @param options See {@link LruMapOptions}.
   * @throws {TypeError} If neither `max` nor `maxSize` is given, or only one of `maxSize` and `sizeOf`; if an option is
   * unknown or of the wrong type; if `entries` is not an iterable of pairs.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(
    entries: Iterable<readonly [K, V]> | LruMapOptions<K, V> | null | undefined,
    options?: LruMapOptions<K, V>,
  ) {
    super();
    const given = mapArguments(entries, options);
    const checked = checkLruOptions(given.options);
    this.#cache = new RecordedCache(checked, (dispose) => newCache(checked, dispose));
    setEntries(this, given.entries);
  }

  /**
   * Wraps an existing cache of the package `lru-cache`, or one like it, without copying it: both then have the same
   * entries. The cache keeps its own options.
   *
   * @param cache The cache. `undefined`, which it refuses, is kept in it as a symbol.
   * @param options See {@link LruAdoptOptions}. In a cache with a time to live, any key may have expired.
   * @returns An `LruMap` over that cache.
   * @throws {TypeError} If `cache` lacks a method of {@link LruCache}, or an option is unknown or of the wrong type.
   *
   * @example
   * ```ts
   * import { LruMap } from "@twinmap/twinmap/lru";
   * import { assertEquals } from "@std/assert";
   * import { LRUCache } from "lru-cache";
   *
   * const evicted = new Set<string>();
   * const dispose = (_: number, key: string, reason: string) => void (reason === "evict" && evicted.add(key));
   * const cache = new LRUCache<string, number>({ max: 2, dispose });
   * const sessions = LruMap.adopt(cache, { evicted: (key) => evicted.has(key) });
   * sessions.set("a", 1).set("b", 2).set("c", 3);
   * assertEquals([cache.has("a"), sessions.evicted("a"), sessions.evicted("b")], [false, true, false]);
   * ```
   */
  static adopt<K extends NonNullable<unknown>, V extends NonNullable<unknown>>(
    cache: LruCache<K, V>,
    options?: LruAdoptOptions<K>,
  ): LruMap<K, V> {
    checkLruCache(cache);
    const { evicted } = checkLruAdoptOptions(options);
    const adopted = new LruMap<K, V>({ max: 1 });
    adopted.#cache = new RecordedCache({}, () => cache as unknown as LruCache<Wrapped, Wrapped>, evicted);
    backedBy(adopted, cache);
    return adopted;
  }

  /** No order, weak iteration, values by reference, `max` entries or 2^23; evicts, `get` touches, may expire. */
  override get traits(): Traits {
    return this.#cache.traits;
  }

  /** The number of entries; those that have expired are removed first. */
  override get size(): number {
    if (this.traits.expires !== "never") {
      this.#cache.removeExpired();
      this.#cache.tell();
    }
    return this.#cache.entries.size;
  }

  /** The value of `key`, or `undefined` if it is absent. The key is then the most recently used. */
  get(key: K): V | undefined {
    const found = this.#cache.find(key);
    this.#cache.tell();
    return unwrapped(found);
  }

  /** The value of `key`, or `undefined` if it is absent. The key does not count as used. */
  peek(key: K): V | undefined {
    return unwrapped(this.#cache.entries.peek(wrapped(key)));
  }

  /** Whether `key` is present, even if its value is `undefined`. The key does not count as used. */
  has(key: K): boolean {
    return this.#cache.entries.has(wrapped(key));
  }

  /**
   * Whether `key` was ever evicted to make room. It may be `true` for another key, since the record has a fixed size:
   * for 1 in 100 after 10,000 evictions, 1 in 10 after 110,000, 2 in 3 after a million. `false` is certain.
   */
  evicted(key: K): boolean {
    return this.#cache.evicted(key);
  }

  /** Whether the entry of `key` ever expired: as certain as `evicted`. */
  expired(key: K): boolean {
    return this.#cache.expired(key);
  }

  /** The time at which `key` expires, in milliseconds since 1970: `Infinity` if never, `undefined` if it is absent. */
  expiresAt(key: K): number | undefined {
    return this.#cache.expiresAt(key);
  }

  /**
   * Sets the value of `key` and returns the map.
   *
   * @param options `ttlMs` is the time to live of this entry in milliseconds, above 0, in place of the map's.
   * @throws {RangeError} If `ttlMs` is not more than 0.
   */
  set(key: K, value: V, options?: { readonly ttlMs?: number | undefined }): this {
    this.#cache.find(key);
    this.#cache.store(key, value, options?.ttlMs);
    this.#cache.tell();
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    const found = this.#cache.find(key) !== undefined;
    if (found) this.#cache.entries.delete(wrapped(key));
    this.#cache.tell();
    return found;
  }

  /** Removes every entry. */
  override clear(): void {
    this.#cache.clear();
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  override getOrInsert(key: K, value: V): V {
    return this.getOrInsertComputed(key, () => value);
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `compute` is not a function.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const found = this.#cache.find(key);
    if (found !== undefined) return unwrapped(found) as V;
    const value = compute(storedKey(key));
    this.#cache.store(key, value);
    this.#cache.tell();
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    const found = this.#cache.find(key);
    if (found !== undefined) this.#cache.entries.delete(wrapped(key));
    this.#cache.tell();
    return unwrapped(found);
  }

  /** Sets the value of `key` and returns the one that it had before. The entry keeps its time to live. */
  override getAndSet(key: K, value: V): V | undefined {
    const found = this.#cache.find(key);
    this.#cache.replace(key, value);
    this.#cache.tell();
    return unwrapped(found);
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. The entry keeps its time to live. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const done = this.#holds(key, expected);
    if (done) this.#cache.replace(key, value);
    this.#cache.tell();
    return done;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    const done = this.#holds(key, expected);
    if (done) this.#cache.entries.delete(wrapped(key));
    this.#cache.tell();
    return done;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. The entry keeps its time to live.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    // Not by `get`, which would call `onEvict` before `fn`: an error in `onEvict` must not prevent the update.
    const next = fn(unwrapped(this.#cache.find(key)));
    if (next === undefined) this.delete(key);
    else this.getAndSet(key, next);
    return next;
  }

  /** Iterates over `[key, value]`, the most recently used first. */
  entries(): MapIterator<[K, V]> {
    return this.#visit((key, value) => [key, value]);
  }

  /** Iterates over the keys, the most recently used first. */
  override keys(): MapIterator<K> {
    return this.#visit((key) => key);
  }

  /** Iterates over the values, the most recently used first. */
  override values(): MapIterator<V> {
    return this.#visit((_, value) => value);
  }

  *#visit<T>(pick: (key: K, value: V) => T): MapIterator<T> {
    for (const [key, value] of this.#cache.walk()) yield pick(unwrapped(key) as K, unwrapped(value) as V);
  }

  #holds(key: K, expected: V): boolean {
    const found = this.#cache.find(key);
    return found !== undefined && sameValueZero(unwrapped(found), expected);
  }
}

function newCache<K, V>(
  { max, maxSize, ttlMs, clock }: LruMapOptions<K, V>,
  dispose: Dispose,
): LruCache<Wrapped, Wrapped> {
  const monotonicMs = () => clock === undefined ? performance.now() : clock.monotonicMs();
  const startMs = monotonicMs();
  return new LRUCache<Wrapped, Wrapped>({
    max: max ?? 0,
    maxSize: maxSize ?? 0,
    ttl: ttlMs ?? 0,
    // Reads the clock each time and starts no timer. The cache would take a time of 0 for none, so it begins at 1.
    ttlResolution: 0,
    perf: { now: () => 1 + monotonicMs() - startMs },
    dispose,
  });
}
