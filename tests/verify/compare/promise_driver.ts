import type { Clock } from "@twinmap/twinmap";
import type { Comparisons } from "../../../verify/compare/comparisons.ts";
import type { Driver } from "../../../verify/compare/driver.ts";
import type { Look, Pair } from "../../../verify/pair/pair.ts";
import { nextTurn } from "../../../verify/work/slices.ts";

/** Looks at a pair that answers with promises. */
export class PromiseDriver<K> implements Driver {
  readonly #comparisons: Comparisons<K>;
  readonly #pair: Pair<K>;
  readonly #clock: Clock;
  #comparing = false;
  #rechecking = false;

  constructor(comparisons: Comparisons<K>, pair: Pair<K>, clock: Clock) {
    this.#comparisons = comparisons;
    this.#pair = pair;
    this.#clock = clock;
    comparisons.drivenBy(this);
  }

  async compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    const comparisons = this.#comparisons;
    for (await nextTurn(this.#clock); comparisons.length > 0;) {
      const count = Math.min(comparisons.length, this.#pair.batch.look);
      const keys = Array.from({ length: count }, (_, at) => comparisons.subjects.at(at) as K);
      const position = comparisons.beginNext(count);
      const looks = await this.#pair.lookMany(keys);
      for (const [at, key] of keys.entries()) {
        comparisons.concludeNext(position + at, looks[at] ?? await this.#look(key));
      }
      comparisons.resolveWaiters();
    }
    this.#comparing = false;
  }

  async recheck(): Promise<void> {
    if (this.#rechecking) return;
    this.#rechecking = true;
    const comparisons = this.#comparisons;
    for (let atMs = comparisons.nextRecheckAtMs; atMs !== undefined; atMs = comparisons.nextRecheckAtMs) {
      await nextTurn(this.#clock, Math.max(0, atMs - this.#clock.monotonicMs()));
      const suspect = comparisons.beginRecheck();
      if (suspect !== undefined) comparisons.concludeRecheck(suspect, await this.#look(suspect.subject as K));
      comparisons.resolveWaiters();
    }
    this.#rechecking = false;
  }

  /** `undefined` if the look fails. */
  async #look(key: K): Promise<Look<K> | undefined> {
    try {
      return await this.#pair.look(key);
    } catch {
      return undefined;
    }
  }
}
