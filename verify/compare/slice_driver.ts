import type { Clock } from "../../src/clock.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import { andThen, type KeyList, type Look, type Maybe, unlessFailed } from "../pair/pair.ts";
import type { SyncPair } from "../pair/sync_pair.ts";
import type { Ledger } from "../stats/ledger.ts";
import { nextTurn, runSlice } from "../work/slices.ts";
import type { Comparisons } from "./comparisons.ts";
import type { Driver } from "./driver.ts";
import { type Subject, type Suspect, WHOLE } from "./suspect.ts";

/** What a {@link SliceDriver} works with. */
export interface SliceDriverSetting<K> {
  readonly comparisons: Comparisons<K>;
  readonly pair: Pick<SyncPair<K, unknown>, "look" | "lookMany" | "order">;
  readonly versions: KeyVersions;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** For how many milliseconds at most the event loop is held. */
  readonly sliceMs: number;
  /** Applies queued writes for a while, and returns whether none is left: only then can the sides be compared. */
  readonly drainMirror: () => boolean;
}

/**
 * Looks at a pair that answers at once, but for large values, in slices between which the event loop goes on.
 *
 * Keys that are next in the queue are looked at together, as far as the pair can do that; those that must be looked at on
 * their own, which may take long, are looked at one a step, so that a slice can end after each. At each step no write waits
 * in the mirror's queue, even if a function of the owner's wrote in the step before.
 */
export class SliceDriver<K> implements Driver {
  readonly #setting: SliceDriverSetting<K>;
  #comparing = false;
  #rechecking = false;
  /** The suspect that is being looked at. */
  #rechecked: Suspect<K> | undefined;
  /** What was seen of the comparisons from {@link #aheadFrom} on. */
  #ahead: readonly (Look<K> | undefined)[] = [];
  #aheadFrom = 0;

  constructor(setting: SliceDriverSetting<K>) {
    this.#setting = setting;
    setting.comparisons.drivenBy(this);
  }

  async compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    const { comparisons, clock } = this.#setting;
    do {
      await nextTurn(clock);
      await this.#slice(() => this.#compareNext(), () => this.#giveUpNext());
    } while (comparisons.length > 0);
    this.#comparing = false;
  }

  async recheck(): Promise<void> {
    if (this.#rechecking) return;
    this.#rechecking = true;
    const { comparisons, clock, versions } = this.#setting;
    versions.trackEveryKey();
    for (let atMs = comparisons.nextRecheckAtMs; atMs !== undefined; atMs = comparisons.nextRecheckAtMs) {
      await nextTurn(clock, Math.max(0, atMs - clock.monotonicMs()));
      await this.#slice(() => this.#recheckNext(), () => this.#giveUpRecheck());
    }
    versions.stopTracking();
    this.#rechecking = false;
  }

  /**
   * Takes steps for a while.
   *
   * @param giveUp Called if a step fails, so that others get their turn.
   */
  async #slice(step: () => Maybe<boolean>, giveUp: () => void): Promise<void> {
    const { clock, comparisons, ledger, sliceMs, drainMirror } = this.#setting;
    ledger.advance(clock.now());
    let drainedAt = -1;
    const drainedStep = (): Maybe<boolean> => {
      if (ledger.operations.writes !== drainedAt && !drainMirror()) return false;
      drainedAt = ledger.operations.writes;
      return step();
    };
    try {
      const more = runSlice(drainedStep, clock, sliceMs);
      if (more instanceof Promise) await more;
    } catch {
      ledger.hookErrors++;
      giveUp();
    }
    ledger.advance(clock.now());
    comparisons.resolveWaiters();
  }

  /** Concludes all that was seen ahead, or looks at one key. */
  #compareNext(): Maybe<boolean> {
    const { comparisons } = this.#setting;
    if (comparisons.length === 0) return false;
    if (comparisons.joinNext()) return comparisons.length > 0;
    let { position } = comparisons;
    const { subject } = comparisons;
    let look = this.#seenAhead(subject, position);
    if (look === undefined) {
      comparisons.beginNext(1);
      return andThen(this.#look(subject), (seen) => {
        comparisons.concludeNext(position, seen);
        return comparisons.length > 0;
      });
    }
    for (; look !== undefined; look = this.#ahead[position - this.#aheadFrom]) {
      comparisons.concludeNext(position++, look);
    }
    return comparisons.length > 0;
  }

  #recheckNext(): Maybe<boolean> {
    const { comparisons } = this.#setting;
    const suspect = this.#rechecked = comparisons.beginRecheck();
    if (suspect === undefined) return false;
    return andThen(this.#look(suspect.subject), (look) => {
      comparisons.concludeRecheck(suspect, look);
      return true;
    });
  }

  #giveUpNext(): void {
    const { comparisons } = this.#setting;
    if (comparisons.length > 0) comparisons.concludeNext(comparisons.position, undefined);
  }

  #giveUpRecheck(): void {
    if (this.#rechecked !== undefined) this.#setting.comparisons.concludeRecheck(this.#rechecked, undefined);
  }

  /** `undefined` if the look fails. */
  #look(subject: Subject<K>): Maybe<Look<K> | undefined> {
    const { pair } = this.#setting;
    return unlessFailed(() => subject === WHOLE ? pair.order?.look() : pair.look(subject));
  }

  /** What was seen of the subject of the next comparison ahead of its turn; `undefined` if it must be looked at now. */
  #seenAhead(subject: Subject<K>, position: number): Look<K> | undefined {
    if (subject === WHOLE) return undefined;
    if (position - this.#aheadFrom >= this.#ahead.length) {
      // The order of all keys may be among the subjects: no map has it as a key, so it is never seen ahead.
      this.#ahead = this.#setting.pair.lookMany(this.#setting.comparisons.subjects as KeyList<K>);
      this.#aheadFrom = position;
    }
    return this.#ahead[position - this.#aheadFrom];
  }
}
