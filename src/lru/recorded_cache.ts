import { DEFAULT_TRAITS } from "../abstract_map.ts";
import type { Traits } from "../concurrent_map.ts";
import { storedKey } from "../keys/same_value_zero.ts";
import { BloomFilter } from "./bloom_filter.ts";
import { type LruCache, unwrapped, wrapped } from "./lru_cache.ts";
import { walkByRecency } from "./recency_walk.ts";
import { checkedSize, checkedTtl, type EvictReason, type LruMapOptions } from "./lru_options.ts";

/** A key or value of the cache: anything but `undefined`. */
export type Wrapped = NonNullable<unknown>;

/** Called with each entry that leaves a cache. */
export type Dispose = (value: Wrapped, key: Wrapped, reason: string) => void;

/** A cache that also takes `undefined`, and remembers which keys were evicted and which expired. */
export class RecordedCache<K, V> {
  readonly traits: Traits;
  /** The cache of the package `lru-cache`, with keys and values {@link wrapped}. */
  readonly entries: LruCache<Wrapped, Wrapped>;
  readonly #options: LruMapOptions<K, V>;
  readonly #wasEvicted: ((key: K) => boolean) | undefined;
  readonly #evictedKeys = new BloomFilter();
  readonly #expiredKeys = new BloomFilter();
  /** The entries that the present operation evicted, for `onEvict`. */
  readonly #untold: [K, V, EvictReason][] = [];
  /** Counts the operations that may have moved or removed entries. */
  #changes = 0;

  /**
   * @param options The options, checked.
   * @param cacheOf Returns the cache; a new one calls `dispose` with each entry that leaves it.
   * @param wasEvicted Returns whether an adopted cache evicted a key.
   */
  constructor(
    options: LruMapOptions<K, V>,
    cacheOf: (dispose: Dispose) => LruCache<Wrapped, Wrapped>,
    wasEvicted?: (key: K) => boolean,
  ) {
    this.#options = options;
    this.#wasEvicted = wasEvicted;
    this.entries = cacheOf((value, key, reason) => {
      if (reason === "evict") this.#evicts(unwrapped(key), unwrapped(value), "size");
      else if (reason === "expire") this.#evicts(unwrapped(key), unwrapped(value), "expired");
    });
    const { max, ttl } = this.entries;
    this.traits = {
      ...DEFAULT_TRAITS,
      maxEntries: max > 0 ? max : DEFAULT_TRAITS.maxEntries,
      evicts: true,
      touches: true,
      expires: ttl > 0 ? "entry" : "never",
    };
  }

  /** The cache's value of `key`, which is then the most recently used. An expired entry is evicted. */
  find(key: K): Wrapped | undefined {
    this.#changes++;
    return this.entries.get(wrapped(key));
  }

  /** Removes every entry. */
  clear(): void {
    this.#changes++;
    this.entries.clear();
  }

  /** Removes the entries that have expired. */
  removeExpired(): void {
    this.#changes++;
    this.entries.purgeStale();
  }

  /**
   * Visits the entries, the most recently used first. The owner can use an adopted cache directly, so it is copied.
   */
  walk(): Iterable<[Wrapped, Wrapped]> {
    if (this.#wasEvicted !== undefined) return [...this.entries.entries()];
    return walkByRecency(this.entries, () => this.#changes);
  }

  /** Stores an entry. Call `find` before, to evict an expired one. */
  store(key: K, value: V, ttlMs?: number): void {
    this.#changes++;
    const { sizeOf, maxSize = Infinity } = this.#options;
    const options = ttlMs === undefined ? {} : { ttl: checkedTtl(ttlMs) };
    const stored = wrapped(storedKey(key));
    const size = sizeOf && checkedSize(sizeOf(value, key));
    const fits = size === undefined || size <= maxSize;
    // The cache keeps the former value, and its size, if the new one is `===` to it: 0 in place of -0.
    if (!fits || this.entries.peek(stored) === wrapped(value)) this.entries.delete(stored);
    if (!fits) return this.#evicts(storedKey(key), value, "size");
    this.entries.set(stored, wrapped(value), size === undefined ? options : { ...options, size });
  }

  /** Stores an entry as `store` does. If the key is present, it expires when it would have expired before. */
  replace(key: K, value: V): void {
    const keepsTime = this.traits.expires !== "never" && this.entries.has(wrapped(key));
    // The time may be over just now: the cache takes 0 for no limit.
    this.store(
      key,
      value,
      keepsTime ? Math.max(this.entries.getRemainingTTL(wrapped(key)), Number.MIN_VALUE) : undefined,
    );
  }

  evicted(key: K): boolean {
    return this.#wasEvicted?.(key) ?? this.#evictedKeys.mayHave(key);
  }

  expired(key: K): boolean {
    if (this.#wasEvicted !== undefined) return this.traits.expires !== "never";
    const isStale = () => this.entries.peek(wrapped(key), { allowStale: true }) !== undefined;
    return this.#expiredKeys.mayHave(key) || (!this.entries.has(wrapped(key)) && isStale());
  }

  expiresAt(key: K): number | undefined {
    if (!this.entries.has(wrapped(key))) return undefined;
    const nowMs = this.#options.clock?.now?.() ?? Date.now();
    return nowMs + this.entries.getRemainingTTL(wrapped(key));
  }

  /**
   * Calls `onEvict` with what was evicted since the last call. It may use the map, so call this when the cache is done.
   */
  tell(): void {
    for (let next; (next = this.#untold.shift()) !== undefined;) this.#options.onEvict?.(...next);
  }

  #evicts(key: K | undefined, value: V | undefined, reason: EvictReason): void {
    (reason === "expired" ? this.#expiredKeys : this.#evictedKeys).add(key);
    if (this.#options.onEvict !== undefined) this.#untold.push([key as K, value as V, reason]);
  }
}
