import type { Clock } from "../../src/clock.ts";
import { type OperationCounts, RestingCounts } from "../sampling/resting_counts.ts";
import type { Ledger } from "../stats/ledger.ts";

/** The width of the narrowest windows, in milliseconds. */
const SECOND_MS = 1_000;

/** A timer may come so many milliseconds too early. */
const EARLY_MS = 10;

/**
 * Fills the windows of a ledger as time passes, whoever looks: at the end of each second. It begins at the first operation
 * and rests once a second has passed in which nothing was counted. It keeps no process alive.
 */
export class WindowTicks {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #resting: RestingCounts;
  readonly #use: (counts: OperationCounts) => void;
  readonly #ticked: () => void;
  /** What had been counted at the last tick. */
  #counted = 0;
  #isTicking = false;

  /**
   * @param use Called with the counts that callers' operations are to be added to, now and whenever these are others: while
   * this rests, they wake it.
   * @param ticked Called at the end of each second in which something was counted.
   */
  constructor(ledger: Ledger, clock: Clock, use: (counts: OperationCounts) => void, ticked: () => void) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#use = use;
    this.#ticked = ticked;
    this.#resting = new RestingCounts(ledger.operations, () => this.#begin());
    use(this.#resting);
  }

  #begin(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#use(this.#ledger.operations);
    this.#ledger.advance(this.#clock.now());
    this.#scheduleNext();
  }

  #rest(): void {
    this.#isTicking = false;
    this.#use(this.#resting);
  }

  #scheduleNext(): void {
    const nowMs = this.#clock.now();
    const endMs = Math.ceil((nowMs + EARLY_MS) / SECOND_MS) * SECOND_MS;
    this.#clock.schedule(() => this.#tick(endMs), endMs - nowMs, { unref: true });
  }

  /** @param endMs The end of the second that has passed. */
  #tick(endMs: number): void {
    const { operations, compared } = this.#ledger;
    const counted = operations.reads + operations.writes + compared;
    if (counted === this.#counted) return this.#rest();
    this.#counted = counted;
    this.#ledger.fillWindows(endMs - 1);
    this.#ledger.advance(this.#clock.now());
    this.#ticked();
    this.#scheduleNext();
  }
}
