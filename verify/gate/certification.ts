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
  /** How many there were a second in the last whole minute: `null` before a whole minute has passed. */
  readonly visitsPerSecond: number | null;
  /** How many milliseconds it takes at least, at this rate: `null` if there were none, or the rate is not known. */
  readonly leastMs: number | null;
  /** The diff rate that an hour at this rate certifies, if no diff comes: 1 if there were none, `null` if it is not known. */
  readonly certifiedInAnHour: number | null;
}

/** From so many diffs on, they tell a rate. */
export const FEWEST_DIFFS = 3;

/**
 * How far the diff rate is from being certified: never a promise, since the next diff moves it.
 *
 * @param visitsPerSecond How many key visits there were a second in the last whole minute, if there was one.
 * @param alpha The error that the bounds of this episode may make.
 */
export function certification(
  visits: { readonly count: number; readonly diffs: number },
  visitsPerSecond: number | undefined,
  threshold: number,
  alpha: number,
): Certification {
  const { count, diffs } = visits;
  const visitsNeeded = trialsToPass(diffs, threshold, alpha);
  const atRate = diffs < FEWEST_DIFFS ? Infinity : trialsToPassAtRate(diffs, count, threshold, alpha);
  const left = Math.max(0, visitsNeeded - count);
  const isUnderWay = visitsPerSecond !== undefined && visitsPerSecond > 0;
  return {
    visits: count,
    visitsNeeded,
    visitsNeededAtRate: Number.isFinite(atRate) ? atRate : null,
    visitsPerSecond: visitsPerSecond ?? null,
    leastMs: left === 0 ? 0 : isUnderWay ? Math.ceil(left / visitsPerSecond * 1_000) : null,
    certifiedInAnHour: visitsPerSecond === undefined
      ? null
      : rateBounds(0, Math.floor(visitsPerSecond * 3_600), threshold, alpha).upper,
  };
}
