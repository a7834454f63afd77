import { neighbours, nextTowards, type Stage, STAGES } from "./stage.ts";

/** What speaks for the two sides holding the same entries, since both have been written. */
export interface Evidence {
  /** Whether a finished backfill made the other side hold what the authoritative one already held. */
  readonly backfilled: boolean;
  /** Whether the last sweep began after that backfill and found nothing. */
  readonly sweptClean: boolean;
}

/** The evidence where only one side has been written. */
export const NO_EVIDENCE: Evidence = { backfilled: false, sweptClean: false };

/**
 * What is missing before `to` may follow `from`, a phrase each; empty if the move is allowed.
 *
 * A stage moves to a neighbour only, forwards or back. `live` needs evidence that the two sides agree, whichever side it is
 * entered from, because there reads begin to be answered by a side that did not answer them before.
 *
 * @param backfilling Whether a backfill is under way.
 */
export function missingFor(from: Stage, to: Stage, evidence: Evidence, backfilling: boolean): readonly string[] {
  if (from === to) return [];
  if (!neighbours(from).includes(to)) return [`the stage ${nextTowards(from, to)}`];
  const missing: string[] = [];
  if (backfilling && STAGES[to].mirrors) missing.push("the end of the backfill that is running");
  if (to === "live") {
    if (!evidence.backfilled) missing.push("a finished backfill");
    if (!evidence.sweptClean) missing.push("a clean sweep after it");
  }
  return missing;
}

/**
 * The evidence that is left after a move. It is lost where only one side was, or will be, written. If the authoritative
 * side is empty when both begin to be written, there is nothing to backfill.
 *
 * @param isEmpty Tells whether the side that answers at `from` is empty.
 */
export function evidenceAfter(from: Stage, to: Stage, evidence: Evidence, isEmpty: () => boolean): Evidence {
  if (!STAGES[to].mirrors) return NO_EVIDENCE;
  return STAGES[from].mirrors ? evidence : { backfilled: isEmpty(), sweptClean: false };
}
