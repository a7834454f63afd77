/** A detector for faults that begin late, in the way of E. S. Page's CUSUM.
 *
 * @module
 */

/** The rates that are watched for, as powers of ten times the threshold: those up to {@link MAX_RATE}. */
const EXPONENTS: readonly number[] = [0.5, 1, 2, 3, 4];
const MAX_RATE = 0.5;

/** How many seconds a month has: 30.4375 days. */
const SECONDS_A_MONTH = 2_629_800;

/** Why the detector raised an alarm. */
export interface Alarm {
  /** When it was raised, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Since when the rate seems to be higher, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** How many key visits there were since then. */
  readonly visits: number;
  /** How many of them found a diff. */
  readonly diffs: number;
}

/** The sum for one rate, and what it was made of since it was 0 the last time. */
interface Sum {
  readonly ofDiff: number;
  readonly ofMatch: number;
  value: number;
  sinceMs: number;
  visits: number;
  diffs: number;
}

/**
 * Notices a diff rate that rises above the threshold θ, however long it was good before: the confidence sequence over the
 * whole episode would take as long to change its mind as it took to be convinced.
 *
 * For some rates q above θ it keeps the logarithm of how much likelier the last visits are at q than at θ, from the moment
 * that suits q best. Each second, with d diffs in n visits:
 *
 * s = max(0, s) + d·ln(q/θ) + (n - d)·(ln(1 - q) - ln(1 - θ))
 *
 * It raises an alarm when one of these sums reaches ln(seconds of a month / alpha) + ln(number of rates). At a true rate of at
 * most θ, a sum that begins at a given second ever reaches that with a probability of at most alpha / seconds / rates (Ville's
 * inequality), so at most a share of `alpha` of all months has a false alarm.
 *
 * An alarm stays: a new episode gets a new detector. Source: E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954).
 */
export class Detector {
  readonly #bar: number;
  readonly #sums: readonly Sum[];
  #toldMs = NaN;
  /** What had been counted at the last second. */
  #visits = 0;
  #diffs = 0;
  #alarm: Alarm | undefined;

  /**
   * @param threshold The diff rate that is still good: above 0 and up to 0.1.
   * @param alpha In which share of months it may raise an alarm although the rate is good.
   */
  constructor(threshold: number, alpha: number) {
    const rates = EXPONENTS.map((exponent) => threshold * 10 ** exponent).filter((rate) => rate <= MAX_RATE);
    this.#bar = Math.log(SECONDS_A_MONTH / alpha) + Math.log(rates.length);
    this.#sums = rates.map((rate) => ({
      ofDiff: Math.log(rate / threshold),
      ofMatch: Math.log1p(-rate) - Math.log1p(-threshold),
      value: 0,
      sinceMs: NaN,
      visits: 0,
      diffs: 0,
    }));
  }

  /** The alarm, if it was raised. */
  get alarm(): Alarm | undefined {
    return this.#alarm;
  }

  /**
   * Takes the totals as of `nowMs`, in milliseconds since the Unix epoch. To be called at most once a second. O(1).
   *
   * @param visits How many key visits there were.
   * @param diffs How many of them found a diff.
   */
  advance(visits: number, diffs: number, nowMs: number): void {
    const newDiffs = diffs - this.#diffs;
    // A key may be found different that was equal earlier in the same minute: that visit was counted then.
    const newMatches = Math.max(0, visits - this.#visits - newDiffs);
    for (const sum of this.#sums) this.#add(sum, newMatches, newDiffs, nowMs);
    this.#toldMs = nowMs;
    this.#visits = visits;
    this.#diffs = diffs;
  }

  #add(sum: Sum, matches: number, diffs: number, nowMs: number): void {
    if (sum.value <= 0) {
      sum.value = sum.visits = sum.diffs = 0;
      sum.sinceMs = Number.isNaN(this.#toldMs) ? nowMs : this.#toldMs;
    }
    sum.value += diffs * sum.ofDiff + matches * sum.ofMatch;
    sum.visits += matches + diffs;
    sum.diffs += diffs;
    if (sum.value < this.#bar) return;
    this.#alarm ??= { atMs: nowMs, sinceMs: sum.sinceMs, visits: sum.visits, diffs: sum.diffs };
  }
}
