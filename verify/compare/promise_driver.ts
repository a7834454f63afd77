import type { Clock } from "../../src/clock.ts";
import { type Look, type Pair, unlessFailed } from "../pair/pair.ts";
import type { Ledger } from "../stats/ledger.ts";
import { nextTurn } from "../work/slices.ts";
import type { Comparisons } from "./comparisons.ts";
import type { Driver } from "./driver.ts";
import type { Suspect } from "./suspect.ts";

/** What a {@link PromiseDriver} works with. */
export interface PromiseDriverSetting<K> {
  readonly comparisons: Comparisons<K>;
  readonly pair: Pair<K>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * Looks at a pair that answers with promises: at a batch of keys together, one batch after the other. So a store that hangs
 * has one batch to answer, and what falls due meanwhile waits in the bounded queue.
 */
export class PromiseDriver<K> implements Driver {
  readonly #setting: PromiseDriverSetting<K>;
  #comparing = false;
  #rechecking = false;

  constructor(setting: PromiseDriverSetting<K>) {
    this.#setting = setting;
    setting.comparisons.drivenBy(this);
  }

  async compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    const { comparisons, clock } = this.#setting;
    await nextTurn(clock);
    while (comparisons.length > 0) await this.#compareNext();
    this.#comparing = false;
  }

  async recheck(): Promise<void> {
    if (this.#rechecking) return;
    this.#rechecking = true;
    const { comparisons, pair, clock } = this.#setting;
    for (let atMs = comparisons.nextRecheckAtMs; atMs !== undefined; atMs = comparisons.nextRecheckAtMs) {
      await nextTurn(clock, Math.max(0, atMs - clock.monotonicMs()));
      const looks: Promise<void>[] = [];
      while (looks.length < pair.batch.look) {
        const suspect = comparisons.beginRecheck();
        if (suspect === undefined) break;
        looks.push(this.#recheck(suspect));
      }
      await Promise.all(looks);
      this.#ended();
    }
    this.#rechecking = false;
  }

  async #compareNext(): Promise<void> {
    const { comparisons, pair } = this.#setting;
    // The order of keys is never due: stores have none that both keep.
    const count = Math.min(comparisons.length, pair.batch.look);
    const keys = Array.from({ length: count }, (_, at) => comparisons.subjects.at(at) as K);
    const position = comparisons.beginNext(count);
    const looks = await this.#lookAt(keys);
    for (const [at, look] of looks.entries()) comparisons.concludeNext(position + at, look);
    this.#ended();
  }

  async #recheck(suspect: Suspect<K>): Promise<void> {
    this.#setting.comparisons.concludeRecheck(suspect, await this.#look(suspect.subject as K));
  }

  /** Looks at the first of `keys`. */
  async #lookAt(keys: readonly K[]): Promise<readonly (Look<K> | undefined)[]> {
    const looks = await unlessFailed(() => this.#setting.pair.lookMany(keys)) ?? [undefined];
    return await Promise.all(looks.map((look, at) => look ?? this.#look(keys[at] as K)));
  }

  /** `undefined` if the look fails. */
  async #look(key: K): Promise<Look<K> | undefined> {
    return await unlessFailed(() => this.#setting.pair.look(key));
  }

  #ended(): void {
    const { comparisons, ledger, clock } = this.#setting;
    ledger.advance(clock.now());
    comparisons.resolveWaiters();
  }
}
