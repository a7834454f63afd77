import { type Clock, systemClock } from "../../src/clock.ts";
import { refuse } from "./history.ts";

/** Options for {@link checkLinearizable}. */
export interface LinearizabilityOptions {
  /**
   * The most steps of the search before the verdict is `unknown`: a whole number from 1 to 2^53 - 1. In each step it
   * calls the model once, or enters a configuration. Five million take a few seconds, and up to some hundred megabytes.
   * Cutting violations down takes at most as many again.
   * @default {5_000_000}
   */
  readonly maxSteps?: number;
  /**
   * The most milliseconds of the search, including cutting down, before the verdict is `unknown`: a number above 0. A
   * single call of the model is not interrupted.
   * @default {Infinity}
   */
  readonly maxMs?: number;
  /**
   * Whether to stop at the first violation. Parts that are not decided by then count as undecided.
   * @default {false}
   */
  readonly stopAtViolation?: boolean;
  /**
   * The clock that measures `maxMs`.
   * @default {the platform's}
   */
  readonly clock?: Pick<Clock, "monotonicMs">;
}

const DEFAULTS: Required<LinearizabilityOptions> = {
  maxSteps: 5_000_000,
  maxMs: Infinity,
  stopAtViolation: false,
  clock: systemClock,
};

/**
 * The options, with defaults for those that are left out.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkedOptions(options: LinearizabilityOptions): Required<LinearizabilityOptions> {
  if (typeof options !== "object" || options === null) refuse(TypeError, "the options must be an object", options);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined) {
    const known = Object.keys(DEFAULTS).join(", ");
    throw new TypeError(`Cannot check a history: unknown option ${JSON.stringify(unknown)}; known: ${known}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const checked: Required<LinearizabilityOptions> = { ...DEFAULTS, ...Object.fromEntries(given) };
  const { maxSteps, maxMs, stopAtViolation, clock } = checked;
  const steps = "maxSteps must be a whole number from 1 to 2^53 - 1";
  if (typeof maxSteps !== "number") refuse(TypeError, steps, maxSteps);
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) refuse(RangeError, steps, maxSteps);
  if (typeof maxMs !== "number") refuse(TypeError, "maxMs must be a number above 0", maxMs);
  if (!(maxMs > 0)) refuse(RangeError, "maxMs must be a number above 0", maxMs);
  if (typeof stopAtViolation !== "boolean") refuse(TypeError, "stopAtViolation must be a boolean", stopAtViolation);
  if (typeof clock?.monotonicMs !== "function") refuse(TypeError, "clock must have the method monotonicMs", clock);
  return checked;
}
