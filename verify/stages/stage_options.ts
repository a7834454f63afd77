import { rendered } from "../../src/inspection/rendering.ts";
import { type Stage, STAGE_NAMES } from "./stage.ts";

/** Options for a move to a stage. */
export interface StageOptions {
  /**
   * At `live`: the percentage of keys that the new map answers for, 0 to 100.
   * @default {100}
   */
  readonly percent?: number;
}

/**
 * The percentage of keys for a move to `stage`.
 *
 * @throws {RangeError} If there is no such stage, or `percent` is not from 0 to 100 or given at another stage than `live`.
 * @throws {TypeError} If there is no such option.
 */
export function checkPercent(stage: Stage, options: StageOptions): number {
  if (!STAGE_NAMES.includes(stage)) {
    const allowed = STAGE_NAMES.join(", ");
    throw new RangeError(`Cannot move to a stage: it must be one of ${allowed}: received ${String(stage)}`);
  }
  const unknown = Object.keys(options).find((name) => name !== "percent");
  if (unknown !== undefined) {
    throw new TypeError(`Cannot move to ${stage}: unknown option ${rendered(unknown)}; known: percent`);
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
