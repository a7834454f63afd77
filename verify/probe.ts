import type { ConcurrentMap } from "../src/concurrent_map.ts";
import type { Clock } from "./clock.ts";
import type { LatencyHistogram } from "./histogram.ts";
import type { Ledger } from "./ledger.ts";
import { type Difference, difference, held } from "./observation.ts";

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

/** Looks at one key on both sides, and now and then measures how long each takes. */
export class Probe<K, V> {
  readonly #setting: ProbeSetting<K, V>;
  #timedIn = 1;
  #newFirst = false;

  constructor(setting: ProbeSetting<K, V>) {
    this.#setting = setting;
  }

  /** In what the two sides differ for `key`; nothing if they are equal. */
  look(key: K): Difference<K> | undefined {
    const { oldMap, newMap, equals } = this.#setting;
    if (--this.#timedIn === 0) return this.#timedLook(key);
    return difference(key, held(oldMap, key), held(newMap, key), equals);
  }

  /** The sides go first by turns, since the first one warms the cache for the other. */
  #timedLook(key: K): Difference<K> | undefined {
    const { oldMap, newMap, equals, ledger } = this.#setting;
    this.#timedIn = TIMED_EVERY;
    this.#newFirst = !this.#newFirst;
    let newHeld = this.#newFirst ? this.#timed(newMap, key, ledger.newLatency) : undefined;
    const oldHeld = this.#timed(oldMap, key, ledger.oldLatency);
    if (!this.#newFirst) newHeld = this.#timed(newMap, key, ledger.newLatency);
    return difference(key, oldHeld, newHeld, equals);
  }

  #timed(map: ConcurrentMap<K, V>, key: K, latency: LatencyHistogram): unknown {
    const { clock } = this.#setting;
    const start = clock.monotonicMs();
    const found = held(map, key);
    latency.record((clock.monotonicMs() - start) * 1e6);
    return found;
  }
}
