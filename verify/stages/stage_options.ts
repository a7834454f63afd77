import { checkOptions, numberAbove, numberFrom, oneOf, type Rule, type Rules, text } from "../../src/options.ts";
import { received } from "../../src/received.ts";
import { percentAt, type Position } from "./moves.ts";
import { type Side, type Stage, STAGE_NAMES } from "./stage.ts";

/** Options for a move to a stage. */
export interface StageOptions {
  /** At `live`, where it must be given: the percentage of keys that the new map answers for, 0 to 100. */
  readonly percent?: number;
  /** Why the move is made although the gate does not pass: up to 500 characters. The report records it. */
  readonly force?: string;
}

/** How fast a sweep or a backfill goes. */
export interface PaceOptions {
  /**
   * How many keys are taken a second at most: above 0. Without it, a sweep or backfill between stores goes as fast as they answer: it
   * keeps as many keys in flight as they take about 20 ms for, so that is how long a command of a caller may have to wait behind it.
   * @default {no limit}
   */
  readonly keysPerSecond?: number;
}

/** Options for a backfill. */
export interface BackfillOptions extends PaceOptions {
  /**
   * The side to copy from. At `live`, where both answer, it must be given. A side that does not answer must hold everything,
   * as it does after a backfill or a clean sweep. A twin that was created at a stage where both are written, as after a
   * restart, does not know what they hold: its owner may name either.
   * @default the side that answers
   */
  readonly from?: Side;
}

/** Why somebody does something: up to 500 characters. */
export const REASON: Rule = text(1, 500);

const RULES: Rules<StageOptions> = { percent: numberFrom(0, 100), force: REASON };
const PACE_RULES: Rules<PaceOptions> = { keysPerSecond: numberAbove(0, Number.MAX_VALUE) };
const BACKFILL_RULES: Rules<BackfillOptions> = { from: oneOf("old", "new"), ...PACE_RULES };

/**
 * The position that a move leads to, and why it is forced, if it is.
 *
 * @throws {RangeError} If there is no such stage, or `percent` is not from 0 to 100 or given at another stage than `live`.
 * @throws {TypeError} If an option is unknown, of the wrong type, or missing.
 */
export function checkMove(stage: Stage, options: StageOptions): { to: Position; force: string | undefined } {
  if (!STAGE_NAMES.includes(stage)) {
    const allowed = STAGE_NAMES.join(", ");
    throw new RangeError(`Cannot move to a stage: it must be one of ${allowed}: ${received(stage)}`);
  }
  const { percent, force } = checkOptions(`move to ${stage}`, options, RULES, {});
  return { to: positionAt(`move to ${stage}`, stage, percent), force };
}

/**
 * The position at `stage`.
 *
 * @param action What fails if there is no such position.
 * @param name What the percentage is called.
 * @throws {RangeError} If `percent` is given at another stage than `live`.
 * @throws {TypeError} If `percent` is missing at `live`.
 */
export function positionAt(
  action: string,
  stage: Stage,
  percent: number | undefined,
  name = "percent",
): Position {
  if (stage !== "live") {
    if (percent === undefined) return { stage, percent: percentAt(stage) };
    throw new RangeError(`Cannot ${action}: ${name} goes with live only: received ${percent}`);
  }
  if (percent !== undefined) return { stage, percent };
  throw new TypeError(`Cannot ${action}: ${name} must be a number from 0 to 100: ${received(percent)}`);
}

/**
 * Checks the options of a backfill.
 *
 * @throws {RangeError} If there is no such side, or an option is out of its range.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkBackfill(options: BackfillOptions): BackfillOptions {
  return checkOptions("backfill", options, BACKFILL_RULES, {});
}

/**
 * Checks the options of a sweep.
 *
 * @throws {RangeError | TypeError} If an option is out of its range, unknown or of the wrong type.
 */
export function checkSweep(options: PaceOptions): PaceOptions {
  return checkOptions("sweep", options, PACE_RULES, {});
}
