import { rateBounds, trialsToPass, trialsToPassAtRate } from "../stats/confidence_sequence.ts";

/** How far the diff rate is from being certified below the threshold. */
export interface Certification {
  /** Key visits of this episode. */
  readonly visits: number;
  /** How many it takes in all, if no further diff comes. */
  readonly visitsNeeded: number;
  /**
   * How many it takes in all, if diffs go on at the rate seen so far: `null` if that is not below the threshold, or if there
   * are fewer than three diffs, which tell no rate.
   */
  readonly visitsNeededAtRate: number | null;
  /** For how many milliseconds it will take at least, at the present rate of visits: `null` if there are none at present. */
  readonly leastMs: number | null;
  /** The rate that an hour of visits at the present rate certifies, if no diff comes: 1 if there are none at present. */
  readonly certifiedInAnHour: number;
}

/** From so many diffs on, they tell a rate. */
const FEWEST_DIFFS = 3;

/**
 * How far the diff rate is from being certified: never a promise, since the next diff moves it.
 *
 * @param visitsPerSecond The present rate of key visits.
 * @param alpha The error that the bounds of this episode may make.
 */
export function certification(
  visits: { readonly count: number; readonly diffs: number },
  visitsPerSecond: number,
  threshold: number,
  alpha: number,
): Certification {
  const { count, diffs } = visits;
  const visitsNeeded = trialsToPass(diffs, threshold, alpha);
  const atRate = diffs < FEWEST_DIFFS ? Infinity : trialsToPassAtRate(diffs, count, threshold, alpha);
  const left = Math.max(0, visitsNeeded - count);
  return {
    visits: count,
    visitsNeeded,
    visitsNeededAtRate: Number.isFinite(atRate) ? atRate : null,
    leastMs: left === 0 ? 0 : visitsPerSecond > 0 ? Math.ceil(left / visitsPerSecond * 1_000) : null,
    certifiedInAnHour: rateBounds(0, Math.floor(visitsPerSecond * 3_600), threshold, alpha).upper,
  };
}
