import type { Clock } from "../../src/clock.ts";
import type { Difference } from "../pair/difference.ts";
import type { KeyList, Look } from "../pair/pair.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { Driver } from "./driver.ts";
import { DueQueue } from "./due_queue.ts";
import { judge, type Verdict } from "./judge.ts";
import { lookedAtAgain, newSuspect, type Subject, type Suspect, type SweepTally, WHOLE } from "./suspect.ts";
import { Suspects } from "./suspects.ts";
import { Waiters } from "./waiters.ts";

/** What {@link Comparisons} work with. */
export interface ComparisonsSetting<K> {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** How many comparisons may be due, and how many suspects may wait, at a time. */
  readonly maxPending: number;
  /**
   * How long a suspect waits for each re-check, in milliseconds. A difference that all of them confirm is a diff.
   */
  readonly settleMs: readonly number[];
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
  /** Called with each diff. */
  readonly onDiff: (difference: Difference<K>, operation: string, comparisons: number) => void;
}

/**
 * The comparisons that are due, and what becomes of them. It knows no map: a {@link Driver} looks.
 *
 * A comparison waits in a queue until a driver hands in a look at its subject, which is judged. Most looks end the
 * comparison. The subject of the others is a suspect and is looked at again after time to settle. Further
 * comparisons of a suspect wait with it and share its verdict. While a comparison or a suspect is being looked at, it stays
 * where it is, so that everything which is not concluded yet can be counted, waited for and dropped.
 */
export class Comparisons<K> {
  readonly #setting: ComparisonsSetting<K>;
  readonly #queue: DueQueue<Subject<K>>;
  readonly #suspects: Suspects<K>;
  #driver: Driver | undefined;
  /** How many comparisons the queue has taken. */
  #taken = 0;
  /** How many comparisons of the order share one place in the queue. */
  #orders = 0;
  /** How many places at the head of the queue are being looked at. */
  #looking = 0;
  readonly #waiters = new Waiters();

  constructor(setting: ComparisonsSetting<K>) {
    this.#setting = setting;
    this.#queue = new DueQueue(setting.maxPending);
    this.#suspects = new Suspects(setting.settleMs);
  }

  /** Has `driver` look from now on. */
  drivenBy(driver: Driver): void {
    this.#driver = driver;
  }

  /** Whether there is no room for another suspect. */
  get isFull(): boolean {
    return this.#suspects.size >= this.#setting.maxPending;
  }

  /** How many suspects have been found different. */
  get doubtful(): number {
    return this.#suspects.doubtful;
  }

  /** How many comparisons are in the queue. */
  get length(): number {
    return this.#queue.length;
  }

  /** How many comparisons have left the queue: the number of the next one. It only grows. */
  get position(): number {
    return this.#taken - this.#queue.length;
  }

  /** When the next re-check is due, by the monotonic clock; `undefined` if no suspect waits. */
  get nextRecheckAtMs(): number | undefined {
    return this.#suspects.nextRecheckAtMs;
  }

  /** Makes a comparison of `subject` due, whose `hash` is 0 if it is not known. Returns whether there was room for it. */
  due(subject: Subject<K>, operation: string, hash = 0): boolean {
    const { ledger, ignores } = this.#setting;
    ledger.due++;
    if (!this.#queue.push(subject, operation, hash)) {
      ledger[subject !== WHOLE && ignores?.(subject) === true ? "ignored" : "dropped"]++;
      return false;
    }
    this.#taken++;
    if (this.#queue.length === 1) this.#driver?.compare();
    return true;
  }

  /** Makes a comparison of the order of the keys due. */
  orderDue(operation: string): void {
    if (this.#orders > 0) {
      this.#setting.ledger.due++;
      this.#orders++;
    } else if (this.due(WHOLE, operation)) {
      this.#orders = 1;
    }
  }

  /** The subjects of the comparisons in the queue, the next one first. */
  get subjects(): KeyList<Subject<K>> {
    return this.#queue;
  }

  /** The subject of the next comparison; there must be one. */
  get subject(): Subject<K> {
    return this.#queue.subject;
  }

  /** If the subject of the next comparison is a suspect, has the comparison wait with it; returns whether that is so. */
  joinNext(): boolean {
    const suspect = this.#suspects.size === 0 ? undefined : this.#suspects.get(this.#queue.subject);
    if (suspect === undefined) return false;
    this.#join(suspect, this.#shift());
    return true;
  }

  /**
   * Begins to look at the next comparisons: at one, or at several of keys.
   *
   * @returns The position of the first one, for {@link concludeNext}.
   */
  beginNext(count: number): number {
    this.#looking = count;
    return this.position;
  }

  /**
   * Judges a look at the subject of the next comparison.
   *
   * @param position The position of the comparison; if it was dropped meanwhile, nothing is done.
   * @param look The look; `undefined` if it failed.
   */
  concludeNext(position: number, look: Look<K> | undefined): void {
    if (position !== this.position) return;
    if (this.#looking > 0) this.#looking--;
    const { subject } = this.#queue;
    if (subject !== WHOLE && this.#suspects.size === 0 && judge(look, undefined) === "matched") {
      // By far the commonest case, in a few steps.
      const { ledger } = this.#setting;
      const { hash } = this.#queue;
      this.#queue.shift();
      ledger.matched++;
      return ledger.compares(subject, hash);
    }
    this.#conclude(subject, this.#queue.operation, this.#shift(), look);
  }

  /** The next suspect to look at now, if the time for one has come. */
  beginRecheck(): Suspect<K> | undefined {
    return this.#suspects.takeDue(this.#setting.clock.monotonicMs());
  }

  /**
   * Judges a re-check.
   *
   * @param suspect The suspect; if it was dropped meanwhile, nothing is done.
   * @param look The look; `undefined` if it failed.
   */
  concludeRecheck(suspect: Suspect<K>, look: Look<K> | undefined): void {
    if (!this.#suspects.remove(suspect)) return;
    for (const tally of suspect.tallies) tally.suspects--;
    const verdict = judge(look, suspect, this.#setting.settleMs.length);
    lookedAtAgain(suspect, look);
    this.#apply(verdict, suspect);
  }

  /** If `key` is a suspect, has a sweep's comparison of it wait with it; returns whether that is so. */
  joinSwept(key: K, tally: SweepTally): boolean {
    const suspect = this.#suspects.get(key);
    if (suspect === undefined) return false;
    this.#setting.ledger.due++;
    this.#join(suspect, 1, tally);
    return true;
  }

  /** Judges a sweep's look at `key`; `undefined` if it failed. */
  concludeSwept(key: K, look: Look<K> | undefined, tally: SweepTally): void {
    this.#setting.ledger.due++;
    this.#conclude(key, "sweep", 1, look, tally);
  }

  /**
   * Ends a sweep's comparison of the two maps as wholes, which the sweep has judged itself. If it found nothing, it does not
   * count beside the comparisons of the keys: of two empty maps, nothing was compared.
   */
  endSwept(whole: Suspect<K>, verdict: Exclude<Verdict, "suspect">): void {
    if (verdict === "matched") return;
    this.#setting.ledger.due++;
    this.#apply(verdict, whole);
  }

  /** Resolves when all that is due now has ended, whatever becomes due meanwhile. */
  settle(): Promise<void> {
    const settled = this.#waiters.waitFor(this.#taken);
    this.resolveWaiters();
    return settled;
  }

  /** Tells those who wait in {@link settle} and need not wait any more. For the driver, to call after each slice. */
  resolveWaiters(): void {
    if (this.#waiters.isEmpty) return;
    let firstLeft = this.position + 1;
    for (const { number } of this.#suspects) firstLeft = Math.min(firstLeft, number);
    this.#waiters.resolveBefore(firstLeft);
  }

  /** Drops all that is due. Comparisons that are being looked at are not dropped but inconclusive. */
  drop(): void {
    const { ledger } = this.#setting;
    const isOrderNext = this.#queue.length > 0 && this.#queue.subject === WHOLE;
    let pending = this.#queue.length + Math.max(0, this.#orders - 1);
    let lookedAt = this.#looking > 0 && isOrderNext ? this.#orders : this.#looking;
    for (const { comparisons, isLookedAt } of this.#suspects) {
      pending += comparisons;
      if (isLookedAt) lookedAt += comparisons;
    }
    ledger.inconclusive += lookedAt;
    ledger.dropped += pending - lookedAt;
    this.#queue.clear();
    this.#suspects.clear();
    this.#orders = 0;
    this.#looking = 0;
    this.resolveWaiters();
  }

  /** Takes the next comparison out of the queue, and returns how many share its place. */
  #shift(): number {
    const comparisons = this.#queue.subject === WHOLE ? this.#orders : 1;
    if (this.#queue.subject === WHOLE) this.#orders = 0;
    this.#queue.shift();
    return comparisons;
  }

  #conclude(
    subject: Subject<K>,
    operation: string,
    comparisons: number,
    look: Look<K> | undefined,
    tally?: SweepTally,
  ): void {
    const waiting = this.#suspects.get(subject);
    if (waiting !== undefined) return this.#join(waiting, comparisons, tally);
    const verdict = judge(look, undefined);
    // By far the commonest verdict, for which no object is made.
    if (verdict === "matched") return this.#countEqual("matched", subject, comparisons);
    const suspect = newSuspect({ subject, operation, number: this.position, comparisons }, look, tally);
    this.#apply(verdict === "suspect" && this.isFull ? "dropped" : verdict, suspect);
  }

  /** Ends the comparisons that share a verdict, or has them wait for a re-check. To a sweep, a dropped one is inconclusive. */
  #apply(verdict: Verdict | "dropped", suspect: Suspect<K>): void {
    const { subject, operation, comparisons, tallies, look } = suspect;
    const { clock, ledger, onDiff } = this.#setting;
    if (verdict === "suspect") {
      for (const tally of tallies) tally.suspects++;
      this.#suspects.add(suspect, clock.monotonicMs());
      if (this.#suspects.size === 1) this.#driver?.recheck();
    } else if (verdict === "diff") {
      for (const tally of tallies) tally.diffs++;
      onDiff(look?.difference as Difference<K>, operation, comparisons);
    } else if (verdict === "matched" || verdict === "late") {
      if (verdict === "late") { for (const tally of tallies) tally.late++; }
      this.#countEqual(verdict, subject, comparisons);
    } else {
      for (const tally of tallies) tally[verdict === "dropped" ? "inconclusive" : verdict]++;
      ledger[verdict] += comparisons;
    }
  }

  #countEqual(as: "matched" | "late", subject: Subject<K>, comparisons: number): void {
    const { ledger } = this.#setting;
    ledger[as] += comparisons;
    if (subject === WHOLE) return;
    if (as === "late") ledger.comparesLate(subject);
    else ledger.compares(subject);
  }

  #join(suspect: Suspect<K>, comparisons: number, tally?: SweepTally): void {
    suspect.comparisons += comparisons;
    if (tally === undefined) return;
    suspect.tallies.push(tally);
    tally.suspects++;
  }
}
