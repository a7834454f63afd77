import type { Awaitable } from "../../src/async_concurrent_map.ts";
import { checkOption, checkOptions, FUNCTION, type Rules, text, wholeNumber } from "../../src/options.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";

/** A check of your own, of which the gate makes a condition: such as a metric from Prometheus. */
export interface GateCheck {
  /** What it is called in reports, after the word "check": 1 to 100 characters, as in the name of a twin. */
  readonly name: string;
  /**
   * Returns "pass", "hold" or "fail". Anything else counts as "hold", and so does an error, or an answer that is late. Each
   * "hold" and each "fail" breaks the time of `holdMs`. Pass `signal` on: it aborts when the time is over.
   */
  readonly check: (options: { readonly signal: AbortSignal }) => Awaitable<RateVerdict>;
  /**
   * How often it is asked, in milliseconds: 1,000 to 86,400,000, a day. Its answer counts until the next one is due, and for 5
   * seconds longer.
   * @default {10000}
   */
  readonly everyMs?: number;
  /**
   * For how many milliseconds an answer is waited for: 1 to 60,000.
   * @default {5000}
   */
  readonly timeoutMs?: number;
}

/** {@link GateCheck} with nothing left open. */
export type CheckedGateCheck = Required<GateCheck>;

/** How many checks a gate may have. */
const MAX_CHECKS = 100;

const RULES: Rules<GateCheck> = {
  name: text(1, 100),
  check: FUNCTION,
  everyMs: wholeNumber(1_000, 86_400_000),
  timeoutMs: wholeNumber(1, 60_000),
};

const DEFAULTS = { everyMs: 10_000, timeoutMs: 5_000 };

/**
 * Checks the checks of a gate and fills in the defaults.
 *
 * @throws {TypeError} If they are not an array, or one has an option that is unknown, missing or of the wrong type.
 * @throws {RangeError} If there are too many, an option is out of its range, or two have one name.
 */
export function checkChecks(action: string, checks: readonly GateCheck[]): readonly CheckedGateCheck[] {
  checkOption(action, "gate.checks", checks, {
    must: `be an array of up to ${MAX_CHECKS} checks`,
    isOfType: Array.isArray,
    isInRange: ({ length }: readonly unknown[]) => length <= MAX_CHECKS,
  });
  const checked = Array.from(checks, (check, at) => {
    const parent = `gate.checks[${at}]`;
    const options = checkOptions(action, check, RULES, DEFAULTS, parent);
    checkOption(action, `${parent}.name`, options.name, RULES.name);
    checkOption(action, `${parent}.check`, options.check, RULES.check);
    return options;
  });
  const names = new Set<string>();
  for (const [at, { name }] of checked.entries()) {
    checkOption(action, `gate.checks[${at}].name`, name, {
      must: "be different from the names of the other checks",
      isOfType: () => true,
      isInRange: (given: string) => !names.has(given),
    });
    names.add(name);
  }
  return checked;
}
