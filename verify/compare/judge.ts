import type { Look } from "../pair/pair.ts";
import { confirms, type Suspect } from "./suspect.ts";

/** After so many looks none of which was conclusive, the comparison is inconclusive. */
const MAX_ATTEMPTS = 6;

/** What follows from a look: how the comparison ends, or that its subject is a suspect and must be looked at again. */
export type Verdict = "matched" | "late" | "diff" | "evicted" | "ignored" | "inconclusive" | "suspect";

/**
 * Judges a look.
 *
 * - Nothing is known if the look failed, and nothing is compared of a key that is ignored.
 * - A quiet look ends the comparison if it finds the sides equal, or different because of an eviction. If a quiet look before it
 *   found them different, the other side was late.
 * - A quiet look that finds a suspect to differ in the same keys as before, none of which was written since, is a diff, once
 *   there were enough of them in a row.
 * - Everything else must be looked at again, up to a number of times.
 *
 * @param look The look; `undefined` if it failed.
 * @param suspect What the look before led to, if this is a re-check.
 * @param rechecks How many re-checks in a row must confirm a difference.
 */
export function judge<K>(look: Look<K> | undefined, suspect: Suspect<K> | undefined, rechecks = 1): Verdict {
  if (look === undefined) return "inconclusive";
  if (look.ignored === true) return "ignored";
  if (look.quiet) {
    if (look.difference === undefined) return suspect?.differed === true ? "late" : "matched";
    if (look.evicted) return "evicted";
    if (suspect !== undefined && suspect.sameInRow >= rechecks && confirms(look, suspect.look)) return "diff";
  }
  return suspect !== undefined && suspect.attempts + 1 >= MAX_ATTEMPTS ? "inconclusive" : "suspect";
}
