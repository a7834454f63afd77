/**
 * A map that keeps what was used last, within a number of entries, a total size or a time: over the package `lru-cache`.
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

/** Stands for `undefined`, which the cache takes neither for a key nor for a value. */
const UNDEFINED: unique symbol = Symbol("undefined");

/**
 * A {@link ConcurrentMap} that evicts: where an entry would be one too many, it removes the one that was used least
 * recently, and each of them after its time. A cache, over the package `lru-cache`.
 *
 * Every operation on a key uses it, but for `has`, `peek` and iteration. Only a write begins its time anew.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | operations on one key | O(1) | O(1), and O(evicted entries) for a large entry under `maxSize` |
 * | `size` | O(1) | O(n) with `ttlMs`, since it removes what has expired |
 * | `clear` | O(n) | O(n) |
 * | iteration, `snapshot` | O(n), at its beginning | O(n) |
 *
 * What it is bad at: an entry that expired takes its room until the map is asked for it. Without `max` it grows as a
 * `Map` does. A hash is taken of each key that is evicted, for {@link LruMap.evicted}.
 *
 * In a twin: what it evicted is no diff, but counted as `evicted`. The twin compares by `peek`, so that its looks change
 * nothing. Where only the other map answers, this one sees no reads: what it keeps is then what was written last.
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
  /** What was evicted by the operation that is going on. */
  readonly #untold: [K, V, EvictReason][] = [];

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries, of which the later one counts where two have the same key; or the options alone.
   * @param options See {@link LruMapOptions}.
   * @throws {TypeError} If neither `max` nor `maxSize` is given, or only one of `maxSize` and `sizeOf`; if an option is unknown
   * or of the wrong type; if `entries` is not an iterable of pairs.
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
      // The time is asked each time, and no timer started; and 0 would be no time to the cache.
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

  /** The value of `key`, or `undefined` if it is absent; it is then the key used last. */
  get(key: K): V | undefined {
    const found = this.#find(key);
    this.#tell();
    return unwrapped(found);
  }

  /** The value of `key`, or `undefined` if it is absent. That changes nothing: the key doesn't count as used. */
  peek(key: K): V | undefined {
    return unwrapped(this.#cache.peek(wrapped(key)));
  }

  /** Whether `key` is present, even if its value is `undefined`. That changes nothing: the key doesn't count as used. */
  has(key: K): boolean {
    return this.#cache.has(wrapped(key));
  }

  /**
   * Whether `key` was ever evicted. Never `false` for one that was; for one that was not it may be `true`, in 1 case in 100
   * once 10,000 keys were evicted, 1 in 10 at 110,000, 2 in 3 at a million: that is what it takes to answer from fixed memory.
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

  /** Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    // Not by `get`, which would call `onEvict` before `fn`: what that throws must not keep the update from being done.
    const next = fn(unwrapped(this.#find(key)));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /** Iterates over `[key, value]`, the one that was used last first. */
  entries(): MapIterator<[K, V]> {
    return Array.from(
      this.#cache.entries(),
      ([key, value]): [K, V] => [unwrapped(key) as K, unwrapped(value) as V],
    ).values();
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<K> {
    return Array.from(this.#cache.keys(), (key) => unwrapped<K>(key) as K).values();
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return Array.from(this.#cache.values(), (value) => unwrapped<V>(value) as V).values();
  }

  /** What the cache holds for `key`, which is then the one used last; if it has expired it is removed. */
  #find(key: K): NonNullable<unknown> | undefined {
    return this.#cache.get(wrapped(key));
  }

  #holds(key: K, expected: V): boolean {
    const found = this.#find(key);
    return found !== undefined && sameValueZero(unwrapped(found), expected);
  }

  /** An entry that has expired must have been removed. */
  #store(key: K, value: V): void {
    const stored = wrapped(storedKey(key));
    const size = this.#sizeOf && checkedSize(this.#sizeOf(value, key));
    const fits = size === undefined || size <= this.#maxSize;
    // Where the value is `===` what was there, the cache keeps that: a 0 for a -0, and the former size.
    if (!fits || this.#cache.peek(stored) === wrapped(value)) this.#cache.delete(stored);
    if (fits) this.#cache.set(stored, wrapped(value), size === undefined ? {} : { size });
    else this.#evicts(storedKey(key), value, "size");
  }

  /** The cache is at work: nobody may be told yet, who might use it. */
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
