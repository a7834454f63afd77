import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { Clock } from "../../src/clock.ts";
import type { LatencyHistogram } from "../stats/histogram.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { DueQueue } from "../compare/due_queue.ts";
import { isEvicted, type Reader, readerOf } from "./eviction.ts";
import { type Difference, difference, held } from "./difference.ts";

/** One in so many looks is measured: reading the clock costs as much as reading a map. */
const TIMED_EVERY = 16;

/** What a probe works with. */
export interface ProbeSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly equals: (oldValue: V, newValue: V) => boolean;
}

/**
 * Looks at one key on both sides, and now and then measures how long each takes.
 *
 * In between it looks ahead at the keys that are next, all of them in one map and then in the other. Most have the very same
 * value on both sides; and in so tight a loop the processor waits for the memory of several at once, where one key
 * after the other would take it twice as long.
 */
export class Probe<K, V> {
  readonly #setting: ProbeSetting<K, V>;
  readonly #old: Reader<K, V>;
  readonly #new: Reader<K, V>;
  #timedIn = 1;
  #newFirst = false;
  readonly #oldValues: unknown[] = new Array(TIMED_EVERY).fill(undefined);
  /** How many of the next keys were looked at ahead, and for each, from the lowest bit up, whether it is the same. */
  #ahead = 0;
  #same = 0;

  constructor(setting: ProbeSetting<K, V>) {
    this.#setting = setting;
    this.#old = readerOf(setting.oldMap);
    this.#new = readerOf(setting.newMap);
  }

  /**
   * Whether the key that is next in `queue` is known to have the very same value on both sides; if not, it is to be looked
   * at by itself. To be asked once for each key, or {@link forget} be called.
   */
  isSame(queue: DueQueue<K>): boolean {
    if (this.#timedIn === 1) {
      // A sweep may have brought that about, with keys of the queue still seen ahead.
      this.#ahead = 0;
      return false;
    }
    if (this.#ahead === 0) this.#lookAhead(queue, Math.min(queue.length, this.#timedIn - 1));
    const same = (this.#same & 1) === 1;
    this.#same >>>= 1;
    this.#ahead--;
    if (same) this.#timedIn--;
    return same;
  }

  /** Forgets what was seen ahead. */
  forget(): void {
    this.#ahead = 0;
  }

  /** In what the two sides differ for `key`; nothing if they are equal. */
  look(key: K): Difference<K> | undefined {
    const { oldMap, newMap } = this.#setting;
    const found = --this.#timedIn === 0 ? this.#timedLook(key) : this.#untimedLook(key);
    return found !== undefined && isEvicted(found, oldMap, newMap) ? { ...found, evicted: true } : found;
  }

  #untimedLook(key: K): Difference<K> | undefined {
    return difference(key, held(this.#old, key), held(this.#new, key), this.#setting.equals);
  }

  /** Finds no key the same if a map throws, or writes when it is asked. */
  #lookAhead(queue: DueQueue<K>, count: number): void {
    const { ledger } = this.#setting;
    const oldMap = this.#old;
    const newMap = this.#new;
    const oldValues = this.#oldValues;
    const { writes } = ledger.operations;
    let same = 0;
    try {
      for (let at = 0; at < count; at++) oldValues[at] = oldMap.get(queue.subjectAt(at));
      for (let at = 0; at < count; at++) {
        const value = newMap.get(queue.subjectAt(at));
        if (value !== undefined && Object.is(value, oldValues[at])) same |= 1 << at;
      }
    } catch {
      same = 0;
    }
    oldValues.fill(undefined);
    this.#ahead = count;
    this.#same = ledger.operations.writes === writes ? same : 0;
  }

  /** The sides go first by turns, since the first one warms the cache for the other. */
  #timedLook(key: K): Difference<K> | undefined {
    const { equals, ledger } = this.#setting;
    this.#timedIn = TIMED_EVERY;
    this.#newFirst = !this.#newFirst;
    let newHeld = this.#newFirst ? this.#timed(this.#new, key, ledger.newLatency) : undefined;
    const oldHeld = this.#timed(this.#old, key, ledger.oldLatency);
    if (!this.#newFirst) newHeld = this.#timed(this.#new, key, ledger.newLatency);
    return difference(key, oldHeld, newHeld, equals);
  }

  #timed(map: Reader<K, V>, key: K, latency: LatencyHistogram): unknown {
    const { clock } = this.#setting;
    const start = clock.monotonicMs();
    const found = held(map, key);
    latency.record((clock.monotonicMs() - start) * 1e6);
    return found;
  }
}
