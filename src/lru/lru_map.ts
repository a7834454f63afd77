/**
 * A least-recently-used cache, limited by number of entries, total size or time, over the package `lru-cache`.
 *
 * @module
 */

import { LRUCache } from "lru-cache";
import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { EvictingMap, Traits } from "../concurrent_map.ts";
import { BloomFilter } from "./bloom_filter.ts";
import { checkedSize, checkLruOptions, type EvictReason, type LruMapOptions } from "./lru_options.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { mapArguments, setEntries } from "../map_arguments.ts";

export type { ConcurrentMap, EvictingMap, Traits } from "../concurrent_map.ts";
export type { EvictReason, LruMapOptions } from "./lru_options.ts";

/** Represents `undefined`, which `lru-cache` accepts neither as a key nor as a value. */
const UNDEFINED: unique symbol = Symbol("undefined");

/**
 * A cache over the package `lru-cache`: a {@link ConcurrentMap} that evicts the least recently used entry when it is
 * full, and entries that have expired.
 *
 * Every operation on a key counts as a use, except `has`, `peek` and iteration. Only a write extends the time to live.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | operations on one key | O(1) | O(1); with `maxSize`, O(evicted entries) for a large entry |
 * | `size` | O(1) | O(n) with `ttlMs`, since it evicts the expired entries |
 * | `clear` | O(n) | O(n) |
 * | iteration, `snapshot` | O(n), when it begins | O(n) |
 *
 * What it is bad at: an expired entry takes memory until its key is used. Without `max` it grows like a `Map`. It
 * hashes each evicted key, for {@link LruMap.evicted}.
 *
 * In a twin, an evicted key is not a diff, but is counted as `evicted`. The twin compares by `peek`, which changes
 * nothing. While only the other map answers, this one sees no reads, and so keeps what was written last.
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
export class LruMap<K, V> extends AbstractMap<K, V> implements EvictingMap<K, V> {
  readonly #traits: Traits;
  readonly #cache: LRUCache<NonNullable<unknown>, NonNullable<unknown>>;
  readonly #maxSize: number;
  readonly #sizeOf: ((value: V, key: K) => number) | undefined;
  readonly #expires: boolean;
  readonly #onEvict: ((key: K, value: V, reason: EvictReason) => void) | undefined;
  readonly #evictedKeys = new BloomFilter();
  /** The entries that the present operation evicted, for `onEvict`. */
  readonly #untold: [K, V, EvictReason][] = [];

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
    const { max, maxSize, sizeOf, ttlMs, clock, onEvict } = checkLruOptions(given.options);
    const monotonicMs = () => clock === undefined ? performance.now() : clock.monotonicMs();
    const startMs = monotonicMs();
    this.#cache = new LRUCache({
      max: max ?? 0,
      maxSize: maxSize ?? 0,
      ttl: ttlMs ?? 0,
      // Reads the clock each time and starts no timer. The cache would take a time of 0 for none, so it begins at 1.
      ttlResolution: 0,
      perf: { now: () => 1 + monotonicMs() - startMs },
      dispose: (value, key, reason) => {
        if (reason === "evict") this.#evicts(unwrapped(key), unwrapped(value), "size");
        else if (reason === "expire") this.#evicts(unwrapped(key), unwrapped(value), "expired");
      },
    });
    this.#maxSize = maxSize ?? Infinity;
    this.#sizeOf = sizeOf;
    this.#expires = ttlMs !== undefined;
    this.#onEvict = onEvict;
    this.#traits = {
      ...DEFAULT_TRAITS,
      iteration: "snapshot",
      maxEntries: max ?? DEFAULT_TRAITS.maxEntries,
      evicts: true,
    };
    setEntries(this, given.entries);
  }

  /** No order, iteration over a snapshot, values by reference, `max` entries or 2^24; it evicts. */
  override get traits(): Traits {
    return this.#traits;
  }

  /** The number of entries; those that have expired are removed first. */
  override get size(): number {
    if (this.#expires) {
      this.#cache.purgeStale();
      this.#tell();
    }
    return this.#cache.size;
  }

  /** The value of `key`, or `undefined` if it is absent. The key is then the most recently used. */
  get(key: K): V | undefined {
    const found = this.#find(key);
    this.#tell();
    return unwrapped(found);
  }

  /** The value of `key`, or `undefined` if it is absent. The key does not count as used. */
  peek(key: K): V | undefined {
    return unwrapped(this.#cache.peek(wrapped(key)));
  }

  /** Whether `key` is present, even if its value is `undefined`. The key does not count as used. */
  has(key: K): boolean {
    return this.#cache.has(wrapped(key));
  }

  /**
   * Whether `key` was ever evicted. It is never `false` for an evicted key. For another key it may be `true`, since it
   * is answered from fixed memory: for 1 in 100 after 10,000 evictions, 1 in 10 after 110,000, 2 in 3 after a million.
   */
  evicted(key: K): boolean {
    const isExpired = () => !this.has(key) && this.#cache.peek(wrapped(key), { allowStale: true }) !== undefined;
    return this.#evictedKeys.mayHave(key) || (this.#expires && isExpired());
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.#find(key);
    this.#store(key, value);
    this.#tell();
    return this;
  }

  /** Removes `key` and returns whether it was present. */
  delete(key: K): boolean {
    const found = this.#find(key) !== undefined;
    if (found) this.#cache.delete(wrapped(key));
    this.#tell();
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
    const found = this.#find(key);
    if (found !== undefined) return unwrapped(found) as V;
    const value = compute(storedKey(key));
    this.#store(key, value);
    this.#tell();
    return value;
  }

  /** Removes `key` and returns the value that it had. */
  override getAndDelete(key: K): V | undefined {
    const found = this.#find(key);
    if (found !== undefined) this.#cache.delete(wrapped(key));
    this.#tell();
    return unwrapped(found);
  }

  /** Sets the value of `key` and returns the one that it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    const found = this.#find(key);
    this.#store(key, value);
    this.#tell();
    return unwrapped(found);
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it was. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const done = this.#holds(key, expected);
    if (done) this.#store(key, value);
    this.#tell();
    return done;
  }

  /** Removes `key` if its value is `expected`, and returns whether it was. */
  override compareAndDelete(key: K, expected: V): boolean {
    const done = this.#holds(key, expected);
    if (done) this.#cache.delete(wrapped(key));
    this.#tell();
    return done;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    // Not by `get`, which would call `onEvict` before `fn`: an error in `onEvict` must not prevent the update.
    const next = fn(unwrapped(this.#find(key)));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /** Iterates over `[key, value]`, the most recently used first. */
  entries(): MapIterator<[K, V]> {
    return this.#entries().values();
  }

  /** The entries as of this moment. */
  override snapshot(): Iterable<[K, V]> {
    return this.#entries();
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return Array.from(this.#cache.keys(), (key) => unwrapped<K>(key) as K).values();
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return Array.from(this.#cache.values(), (value) => unwrapped<V>(value) as V).values();
  }

  /** The cache's value of `key`, which is then the most recently used. An expired entry is evicted. */
  #find(key: K): NonNullable<unknown> | undefined {
    return this.#cache.get(wrapped(key));
  }

  #holds(key: K, expected: V): boolean {
    const found = this.#find(key);
    return found !== undefined && sameValueZero(unwrapped(found), expected);
  }

  /** Stores an entry. Call `#find` before, to evict an expired one. */
  #store(key: K, value: V): void {
    const stored = wrapped(storedKey(key));
    const size = this.#sizeOf && checkedSize(this.#sizeOf(value, key));
    const fits = size === undefined || size <= this.#maxSize;
    // The cache keeps the former value, and its size, if the new one is `===` to it: 0 in place of -0.
    if (!fits || this.#cache.peek(stored) === wrapped(value)) this.#cache.delete(stored);
    if (fits) this.#cache.set(stored, wrapped(value), size === undefined ? {} : { size });
    else this.#evicts(storedKey(key), value, "size");
  }

  #entries(): [K, V][] {
    return Array.from(this.#cache.entries(), ([key, value]) => [unwrapped(key) as K, unwrapped(value) as V]);
  }

  /** Remembers an eviction. `onEvict` may use the map, so it is called when the cache is done. */
  #evicts(key: K | undefined, value: V | undefined, reason: EvictReason): void {
    this.#evictedKeys.add(key);
    if (this.#onEvict !== undefined) this.#untold.push([key as K, value as V, reason]);
  }

  #tell(): void {
    for (let next; (next = this.#untold.shift()) !== undefined;) this.#onEvict?.(...next);
  }
}

function wrapped(value: unknown): NonNullable<unknown> {
  return (value === undefined ? UNDEFINED : value) as NonNullable<unknown>;
}

function unwrapped<T>(value: NonNullable<unknown> | undefined): T | undefined {
  return value === UNDEFINED ? undefined : value as T | undefined;
}
