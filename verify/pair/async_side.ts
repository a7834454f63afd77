import type { AsyncConcurrentMap, AsyncEvictingMap, AsyncExpiringMap } from "../../src/async_concurrent_map.ts";
import { allEnded } from "./all_ended.ts";
import type { Entry } from "./pair.ts";

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
    const ttlMs = entry && this.#ttlMs(entry, nowMs);
    if (entry === undefined || (ttlMs !== undefined && ttlMs <= 0)) await this.map.delete(key);
    else if (ttlMs === undefined || !this.#setsExpiry) await this.map.set(key, entry.value);
    else await (this.map as AsyncExpiringMap<K, V>).set(key, entry.value, { ttlMs });
  }

  /**
   * Makes the value of `key` what `next` says, or removes it, if it is still as it was `seen`. A present entry keeps its time to live.
   *
   * @returns Whether it did.
   */
  async replace(key: K, seen: Entry<V> | undefined, next: Entry<V> | undefined): Promise<boolean> {
    if (next === undefined) return seen === undefined || await this.map.compareAndDelete(key, seen.value);
    if (seen !== undefined) return await this.map.compareAndSet(key, seen.value, next.value);
    let isInserted = false;
    await this.map.getOrInsertComputed(key, () => (isInserted = true, next.value));
    return isInserted;
  }

  /**
   * Makes `keys` what `entries` say, side by side. Resolves, or rejects, when none of these writes is under way any more.
   *
   * @throws Whatever the map rejects with; then any of them may have been made.
   */
  async writeMany(keys: readonly K[], entries: readonly (Entry<V> | undefined)[], nowMs: number): Promise<void> {
    if (keys.length === 1) return await this.write(keys[0] as K, entries[0], nowMs);
    const [lasting, others] = [new Map<K, V>(), [] as [K, Entry<V> | undefined][]];
    for (const [at, key] of keys.entries()) {
      const entry = entries[at];
      if (entry === undefined || this.#ttlMs(entry, nowMs) !== undefined) others.push([key, entry]);
      else lasting.set(key, entry.value);
    }
    const writes = others.map(([key, entry]) => this.write(key, entry, nowMs));
    if (lasting.size > 0) writes.push(this.map.setMany(lasting));
    await allEnded(writes);
  }

  /** How long `entry` is to live; `undefined` if it lives as long as the map lets it. */
  #ttlMs(entry: Entry<V>, nowMs: number): number | undefined {
    return entry.expiresAtMs === undefined ? undefined : entry.expiresAtMs - nowMs;
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

/** Whether a map is known to be empty: not if it fails when its first key is asked for. */
export async function isEmpty<K, V>(map: AsyncConcurrentMap<K, V>): Promise<boolean> {
  try {
    for await (const _ of map.keys()) return false;
    return true;
  } catch {
    return false;
  }
}
