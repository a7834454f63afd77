import type { Difference } from "../pair/difference.ts";

/** How the comparisons of one sweep ended. */
export interface SweepTally {
  /** Comparisons that wait for a re-check. */
  suspects: number;
  diffs: number;
  inconclusive: number;
  /** Comparisons that a side's evicting the key explains. */
  evicted: number;
}

/** A difference that was seen once and waits for its re-check. */
export interface Suspect<K> {
  readonly operation: string;
  /** Which of the comparisons that were taken is the first of those that share its verdict. */
  readonly number: number;
  readonly tallies: SweepTally[];
  comparisons: number;
  attempts: number;
  difference: Difference<K>;
  version: number;
  recheckAtMs: number;
}
