import { rendered } from "../../src/inspection/rendering.ts";

/** One of the two maps of a twin. */
export type Side = "old" | "new";

/** How far the change has got: LaunchDarkly's six words for a migration. */
export type Stage = "off" | "dualwrite" | "shadow" | "live" | "rampdown" | "complete";

/** What happens at a stage. */
export interface StageRules {
  /** The side that answers; `split`: new for some keys, old for the others and for operations on the whole map. */
  readonly answers: Side | "split";
  /** Whether a write goes to the other side too. */
  readonly mirrors: boolean;
  /** Whether the mirror must be done before the call returns, whatever the option `mirror` says. */
  readonly inline: boolean;
  /** Whether sampled reads are compared. */
  readonly comparesReads: boolean;
  /** The side that a backfill copies from, if one may run. */
  readonly backfillsFrom?: Side;
}

/** The six stages, in the order in which they are gone through. */
export const STAGES: { readonly [stage in Stage]: StageRules } = {
  off: { answers: "old", mirrors: false, inline: false, comparesReads: false },
  dualwrite: { answers: "old", mirrors: true, inline: false, comparesReads: false, backfillsFrom: "old" },
  shadow: { answers: "old", mirrors: true, inline: false, comparesReads: true },
  live: { answers: "split", mirrors: true, inline: true, comparesReads: true },
  rampdown: { answers: "new", mirrors: true, inline: false, comparesReads: false, backfillsFrom: "new" },
  complete: { answers: "new", mirrors: false, inline: false, comparesReads: false },
};

/** The names of the stages, in order. */
export const STAGE_NAMES: readonly Stage[] = Object.keys(STAGES) as Stage[];

/** The stage before and the stage after: the only ones that can be moved to. */
export function neighbours(stage: Stage): readonly Stage[] {
  const at = STAGE_NAMES.indexOf(stage);
  return STAGE_NAMES.filter((_, index) => Math.abs(index - at) === 1);
}

/** What goes with a move to a stage. */
export interface StageOptions {
  /**
   * At `live`: the percentage of keys that the new map answers for, 0 to 100.
   * @default {100}
   */
  readonly percent?: number;
}

/** What speaks for the two sides holding the same, since both have been written. */
export interface Evidence {
  /** Whether a backfill is under way. */
  readonly backfilling: boolean;
  /** Whether what one side already held has been copied to the other. */
  readonly backfilled: boolean;
  /** Whether the last sweep found nothing, and was begun after that. */
  readonly sweptClean: boolean;
}

/**
 * What is missing before the stage `to` may follow the stage `from`; nothing if the move is allowed.
 *
 * Moves go to a neighbour, forwards or back. Where reads begin to be answered by a side that did not answer them, the
 * two sides must have been shown to agree: that is so at `live`, from either side.
 */
export function missingFor(from: Stage, to: Stage, evidence: Evidence): readonly string[] {
  if (from === to) return [];
  const allowed = neighbours(from);
  if (!allowed.includes(to)) return [`a stage in between: from ${from} the way leads to ${allowed.join(" or ")}`];
  const missing: string[] = [];
  if (evidence.backfilling && STAGES[to].mirrors) missing.push("the end of the backfill that is running");
  if (to === "live") {
    if (!evidence.backfilled) missing.push("a finished backfill");
    if (!evidence.sweptClean) missing.push("a clean sweep after it");
  }
  return missing;
}

/** The percentage that goes with a move; throws as `Rollout.stage` does. */
export function checkPercent(stage: Stage, options: StageOptions): number {
  if (!STAGE_NAMES.includes(stage)) {
    const allowed = STAGE_NAMES.join(", ");
    throw new RangeError(`Cannot move to a stage: it must be one of ${allowed}: received ${String(stage)}`);
  }
  const unknown = Object.keys(options).find((name) => name !== "percent");
  if (unknown !== undefined) {
    throw new TypeError(`Cannot move to ${stage}: options must be percent only: received ${rendered(unknown)}`);
  }
  const { percent = 100 } = options;
  if (typeof percent !== "number" || !(percent >= 0 && percent <= 100)) {
    throw new RangeError(
      `Cannot move to ${stage}: percent must be a number from 0 to 100: received ${rendered(percent)}`,
    );
  }
  if (options.percent !== undefined && stage !== "live") {
    throw new RangeError(`Cannot move to ${stage}: percent goes with live only: received ${percent}`);
  }
  return percent;
}

/** Thrown when a stage, or a sweep or backfill at a stage, is asked for that is not allowed; it says what is missing. */
export class StageError extends Error {
  /** `StageError`. */
  override readonly name = "StageError";
  /** What would have to be there first, a phrase each. */
  readonly missing: readonly string[];

  /**
   * Says what could not be done, and what is missing.
   *
   * @param action What could not be done, as in "Cannot …".
   * @param missing What would have to be there first, a phrase each.
   */
  constructor(action: string, missing: readonly string[]) {
    super(`Cannot ${action}: missing: ${missing.join("; ")}`);
    this.missing = missing;
  }
}
