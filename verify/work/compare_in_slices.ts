import type { Clock } from "../../src/clock.ts";
import type { PausedComparison } from "../../src/equality/deep_equal.ts";
import { nextTurn, runSlice } from "./slices.ts";

/** How many steps a comparison takes before the clock is read. */
const STEPS_AT_ONCE = 2_048;

/** After so many steps, a comparison is given up: it remembers every pair of objects, so that it takes memory too. */
const MAX_STEPS = 2 ** 23;

/**
 * Goes on with a comparison of two values in slices of about `sliceMs`, between which the event loop goes on.
 *
 * @param isWanted Whether to go on: asked before each slice.
 * @returns Whether the values are equal.
 * @throws {RangeError} If that is not known after {@link MAX_STEPS}, or if the comparison is no longer wanted.
 */
export async function compareInSlices(
  paused: PausedComparison,
  clock: Clock,
  sliceMs: number,
  isWanted: () => boolean,
): Promise<boolean> {
  let comparison: boolean | PausedComparison = paused;
  let steps = 0;
  const step = (): boolean => {
    if (typeof comparison === "boolean" || steps >= MAX_STEPS) return false;
    comparison = comparison.goOn(STEPS_AT_ONCE);
    steps += STEPS_AT_ONCE;
    return true;
  };
  for (let more = true; more;) {
    await nextTurn(clock);
    if (!isWanted()) throw new RangeError("Cannot compare two values: the comparison was given up");
    more = runSlice(step, clock, sliceMs);
  }
  if (typeof comparison === "boolean") return comparison;
  throw new RangeError(`Cannot compare two values: they take more than ${MAX_STEPS} steps`);
}
