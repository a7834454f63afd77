import { hasEvidence } from "../stats/confidence_sequence.ts";

/** How an episode began. */
export interface EpisodeStart {
  /** Which counted episode it is, from 1: each one has a smaller share of the error that is allowed. */
  readonly number: number;
  /** When it began, in milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  /** Why the counting began anew. */
  readonly why: string;
}

/**
 * The error that the k-th episode may make, so that all of them together make at most `alpha`: 6·alpha / (π²·k²), as the
 * squares' reciprocals add up to π²/6.
 *
 * @param number Which counted episode it is, from 1.
 */
export function alphaOf(number: number, alpha: number): number {
  return 6 * alpha / (Math.PI * number) ** 2;
}

/**
 * The episode that follows `before`, whose `visits` are over.
 *
 * An episode that ended so early that it could not have passed wrongly spends nothing: crash loops cost no certainty. A person
 * who declares a new version of the new map begins at 1 again (`isNewVersion`); what is claimed, is then claimed per version.
 */
export function nextEpisode(
  before: EpisodeStart,
  visits: number,
  threshold: number,
  next: { readonly nowMs: number; readonly why: string; readonly isNewVersion: boolean },
): EpisodeStart {
  const isSpent = hasEvidence(visits, threshold);
  const number = next.isNewVersion ? 1 : before.number + (isSpent ? 1 : 0);
  return { number, startedAtMs: next.nowMs, why: next.why };
}
