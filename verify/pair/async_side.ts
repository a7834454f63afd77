import { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { AsyncConcurrentMap, AsyncEvictingMap, AsyncExpiringMap } from "../../src/async_concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import { StoreError, type WriteOutcome } from "../../src/store_error.ts";
import { allEnded } from "./all_ended.ts";
import { allOf, type Entry, type Maybe } from "./pair.ts";

/** After so many calls that got no answer in time, and still have none, no further call is made. */
const MAX_UNANSWERED = 1_024;

/**
 * One of two asynchronous maps, to be read and written off the caller's path. A read changes nothing: in a map that
 * evicts, it does not count a key as used. A map that does not answer in time is not waited for any longer.
 */
export class AsyncSide<K, V> {
  readonly map: AsyncConcurrentMap<K, V>;
  /** How many calls were made, and how many of them failed or got no answer in time. */
  readonly calls: { made: number; failed: number } = { made: 0, failed: 0 };
  readonly #deadlines: Deadlines;
  readonly #evicting: AsyncEvictingMap<K, V> | undefined;
  readonly #expiring: AsyncExpiringMap<K, V> | undefined;
  readonly #setsExpiry: boolean;
  #unanswered = 0;

  /** @param timeoutMs How long to wait for an answer. */
  constructor(map: AsyncConcurrentMap<K, V>, clock: Clock, timeoutMs: number) {
    const { evicts, expires } = map.traits;
    this.map = map;
    this.#deadlines = new Deadlines(clock, timeoutMs);
    this.#evicting = evicts ? map as AsyncEvictingMap<K, V> : undefined;
    this.#expiring = expires === "never" ? undefined : map as AsyncExpiringMap<K, V>;
    this.#setsExpiry = expires === "entry";
  }

  /**
   * The entries of `keys`, in their order; `undefined` for one that is absent.
   *
   * @param needsExpiry Whether to read when the entry of the key at an index expires.
   * @throws {StoreError} If the map does not answer in time; else whatever the map rejects with.
   */
  async read(keys: readonly K[], needsExpiry = (_at: number) => true): Promise<readonly (Entry<V> | undefined)[]> {
    if (keys.length === 0) return [];
    return await this.#answer("read", "not applied", async () => {
      const found = this.#evicting === undefined
        ? await this.map.getMany(keys)
        : await this.#peekMany(this.#evicting, keys);
      const expiring = this.#expiring;
      const entries = keys.map((key, at): Maybe<Entry<V> | undefined> => {
        if (!found.has(key)) return undefined;
        const value = found.get(key) as V;
        if (expiring === undefined || !needsExpiry(at)) return { value };
        // One without a time has expired since its value was read.
        return expiring.expiresAt(key).then((expiresAtMs) =>
          expiresAtMs === undefined ? undefined : { value, expiresAtMs }
        );
      });
      return await allOf(entries);
    });
  }

  /**
   * Makes `key` what `entry` says; `undefined`: absent.
   *
   * @throws {StoreError} If the map does not answer in time; else whatever the map rejects with.
   */
  async write(key: K, entry: Entry<V> | undefined, nowMs: number): Promise<void> {
    const ttlMs = entry && this.#ttlMs(entry, nowMs);
    await this.#answer<unknown>("write", "unknown", () => {
      if (entry === undefined || (ttlMs !== undefined && ttlMs <= 0)) return this.map.delete(key);
      if (ttlMs === undefined || !this.#setsExpiry) return this.map.set(key, entry.value);
      return (this.map as AsyncExpiringMap<K, V>).set(key, entry.value, { ttlMs });
    });
  }

  /**
   * Makes the value of `key` what `next` says, or removes it, if it is still as it was `seen`. A present entry keeps its time to live.
   *
   * @returns Whether it did.
   * @throws {StoreError} If the map does not answer in time; else whatever the map rejects with.
   */
  replace(key: K, seen: Entry<V> | undefined, next: Entry<V> | undefined): Promise<boolean> {
    return this.#answer("write", "unknown", async () => {
      if (next === undefined) return seen === undefined || await this.map.compareAndDelete(key, seen.value);
      if (seen !== undefined) return await this.map.compareAndSet(key, seen.value, next.value);
      let isInserted = false;
      await this.map.getOrInsertComputed(key, () => (isInserted = true, next.value));
      return isInserted;
    });
  }

  /**
   * Makes `keys` what `entries` say, side by side. Resolves, or rejects, when each of these writes has ended, or got no answer in time.
   *
   * @throws {StoreError} If the map does not answer in time; else whatever the map rejects with. Then any of them may have been made.
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
    if (lasting.size > 0) writes.push(this.#answer("write", "unknown", () => this.map.setMany(lasting)));
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

  /** The answer to a call, if it comes in time. */
  async #answer<A>(operation: string, outcome: WriteOutcome, call: () => Promise<A>): Promise<A> {
    this.calls.made++;
    try {
      if (this.#unanswered >= MAX_UNANSWERED) {
        throw this.#error(operation, "not applied", "earlier calls have no answer");
      }
      const answer = call();
      if (await inTime(answer, this.#deadlines)) return await answer;
      this.#unanswered++;
      const answered = () => void this.#unanswered--;
      answer.then(answered, answered);
      throw this.#error(operation, outcome, `no answer within ${this.#deadlines.timeoutMs} ms`);
    } catch (error) {
      this.calls.failed++;
      throw error;
    }
  }

  #error(operation: string, outcome: WriteOutcome, reason: string): StoreError {
    return new StoreError(reason, { store: this.map[Symbol.toStringTag], operation, outcome, retryable: true });
  }
}
