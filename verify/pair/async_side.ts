import type { AsyncConcurrentMap, AsyncEvictingMap, AsyncExpiringMap } from "../../src/async_concurrent_map.ts";

/** The entry of a key. */
export interface Entry<V> {
  readonly value: V;
  /** When it expires, in milliseconds since 1970; `undefined` if the map it was read from lets nothing expire. */
  readonly expiresAtMs?: number | undefined;
}

/**
 * One of two asynchronous maps, to be read and written off the caller's path. A read changes nothing: in a map that
 * evicts, it does not count a key as used.
 */
export class AsyncSide<K, V> {
  readonly map: AsyncConcurrentMap<K, V>;
  readonly #evicting: AsyncEvictingMap<K, V> | undefined;
  readonly #expiring: AsyncExpiringMap<K, V> | undefined;
  readonly #setsExpiry: boolean;

  constructor(map: AsyncConcurrentMap<K, V>) {
    const { evicts, expires } = map.traits;
    this.map = map;
    this.#evicting = evicts ? map as AsyncEvictingMap<K, V> : undefined;
    this.#expiring = expires === "never" ? undefined : map as AsyncExpiringMap<K, V>;
    this.#setsExpiry = expires === "entry";
  }

  /** Whether entries expire. */
  get expires(): boolean {
    return this.#expiring !== undefined;
  }

  /** The entries of `keys`, in their order; `undefined` for one that is absent. */
  async read(keys: readonly K[]): Promise<readonly (Entry<V> | undefined)[]> {
    const found = this.#evicting === undefined
      ? await this.map.getMany(keys)
      : await this.#peekMany(this.#evicting, keys);
    return await Promise.all(keys.map(async (key) => {
      if (!found.has(key)) return undefined;
      const value = found.get(key) as V;
      return this.#expiring === undefined ? { value } : { value, expiresAtMs: await this.#expiring.expiresAt(key) };
    }));
  }

  /** Makes `key` what `entry` says; `undefined`: absent. */
  async write(key: K, entry: Entry<V> | undefined, nowMs: number): Promise<void> {
    const ttlMs = entry?.expiresAtMs === undefined ? undefined : entry.expiresAtMs - nowMs;
    if (entry === undefined || (ttlMs !== undefined && ttlMs <= 0)) await this.map.delete(key);
    else if (ttlMs === undefined || !this.#setsExpiry) await this.map.set(key, entry.value);
    else await (this.map as AsyncExpiringMap<K, V>).set(key, entry.value, { ttlMs });
  }

  async #peekMany(map: AsyncEvictingMap<K, V>, keys: readonly K[]): Promise<Map<K, V>> {
    const found = new Map<K, V>();
    await Promise.all(keys.map(async (key) => {
      const value = await map.peek(key);
      if (value !== undefined || await map.has(key)) found.set(key, value as V);
    }));
    return found;
  }
}
