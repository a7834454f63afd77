import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { lift } from "../../src/lift.ts";
import { checkOptions, hasMethod, numberFrom, type Rules, withMethods } from "../../src/options.ts";
import { DigestSearch } from "./digest_search.ts";
import { BATCH, searchKeys } from "./key_search.ts";
import { Looks } from "./looks.ts";
import type { MapDifference } from "./map_difference.ts";
import type { DiffProgress } from "./progress.ts";
import { settled } from "./settled.ts";

/** Options for `diff`. */
export interface DiffOptions {
  /**
   * How long after the first look a key that differs is looked at again, in milliseconds.
   * @default {1_000}
   */
  readonly settleMs?: number;
  /** Ends the comparison: it rejects. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The clock by which it waits.
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** A map that `diff` takes. */
export type ComparedMap<K, V> = ConcurrentMap<K, V> | AsyncConcurrentMap<K, V> | Map<K, V>;

const RULES: Rules<DiffOptions> = {
  settleMs: numberFrom(0, 2 ** 31 - 1),
  signal: withMethods("throwIfAborted", "addEventListener"),
  clock: withMethods("monotonicMs", "schedule"),
};

/**
 * Finds the keys that two maps do not hold alike. It only reads.
 *
 * - Keys are compared by SameValueZero, bytes by their content, and values by their content. Neither order nor the times at which entries
 *   expire are compared.
 * - It is of a moment, and takes its time: what is written meanwhile may be found or not. A key that differs is looked at again after
 *   `settleMs`. If it does not differ any more, it is left out; if it was written to meanwhile, it is `inconclusive`.
 * - Two maps over stores with the same codec (the same object), such as a `RedisMap` and a `SqliteMap`, compare digests first, each computed
 *   where the entries are: see {@link DigestedMap}. Of two that differ in a few keys, little is transferred. In other maps, each key is read on
 *   both sides.
 * - Memory is bounded: about 131,072 keys with digests, and up to 4,596 keys that differ, with their values. A map that iterates over a key
 *   twice may have it listed twice.
 *
 * O(entries of both). Differences come as they are found: who needs only some of them can stop.
 *
 * @param oldMap A map; a plain `Map`, too.
 * @param newMap The map to compare it with.
 * @param options See {@link DiffOptions}.
 * @returns The differences. Iterating over them rejects with a {@link StoreError} if a store fails, with the signal's reason, or with what a
 * map throws that is iterated over.
 * @throws {TypeError} If a map is none, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { diff } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const before = new Map([["ann", { visits: 1 }], ["bob", { visits: 2 }]]);
 * const after = new Map([["ann", { visits: 1 }], ["bob", { visits: 3 }]]);
 * const found = await Array.fromAsync(diff(before, after, { settleMs: 0 }));
 * assertEquals(found, [{ kind: "value", key: "bob", old: { visits: 2 }, new: { visits: 3 } }]);
 * ```
 */
export function diff<K, V>(
  oldMap: ComparedMap<K, V>,
  newMap: ComparedMap<K, V>,
  options?: DiffOptions,
): AsyncGenerator<MapDifference<K, V>, undefined> {
  return new MapDiff(oldMap, newMap, options).differences();
}

/** A comparison of two maps, and how far it has come. */
export class MapDiff<K, V> {
  readonly #old: AsyncConcurrentMap<K, V>;
  readonly #new: AsyncConcurrentMap<K, V>;
  readonly #settleMs: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  /** How far it has come. */
  readonly progress: DiffProgress = { entries: 0, method: "keys" };

  /** @throws {TypeError | RangeError} As {@link diff}. */
  constructor(oldMap: ComparedMap<K, V>, newMap: ComparedMap<K, V>, options?: DiffOptions) {
    const checked = checkOptions("compare maps", options, RULES, { settleMs: 1_000, clock: systemClock });
    this.#old = asynchronous(oldMap);
    this.#new = asynchronous(newMap);
    this.#settleMs = checked.settleMs;
    this.#clock = checked.clock;
    this.#signal = checked.signal;
  }

  /** Compares the two maps, once. */
  differences(): AsyncGenerator<MapDifference<K, V>, undefined> {
    return settled(this.#suspects(), new Looks(this.#old, this.#new), {
      settleMs: this.#settleMs,
      clock: this.#clock,
      signal: this.#signal,
    });
  }

  async *#suspects(): AsyncGenerator<readonly K[]> {
    const search = DigestSearch.over<K>(this.#old, this.#new, this.progress, this.#signal);
    if (search !== undefined) {
      this.progress.method = "digests";
      const keys = await search.find();
      if (keys !== undefined) {
        for (let at = 0; at < keys.length; at += BATCH) yield keys.slice(at, at + BATCH);
        return;
      }
      this.progress.method = "keys";
    }
    yield* searchKeys(this.#old, this.#new, this.progress, this.#signal);
  }
}

function asynchronous<K, V>(map: ComparedMap<K, V>): AsyncConcurrentMap<K, V> {
  return hasMethod(map, Symbol.asyncIterator) ? map as AsyncConcurrentMap<K, V> : lift(map as ConcurrentMap<K, V>);
}
