import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  numberFrom,
  OBJECT,
  type Rule,
  type Rules,
  wholeNumber,
} from "../../src/options.ts";
import { checkGateChanges, type GateChanges, type GateOptions } from "../gate/gate_options.ts";
import type { RolloutEvent } from "../report/reported_rollout.ts";
import { checkPlan, type Plan, type PlanName, type PlanStep } from "./plan.ts";

/** Options for a rollout; each has a default. */
export interface RolloutOptions {
  /**
   * The positions that the twin goes through, and what it takes to leave each: a plan that is ready to use, or steps of your own.
   * @default {"careful"}
   */
  readonly plan?: PlanName | readonly PlanStep[];
  /**
   * What the gate asks for, where that is not what the twin asks for. A step of the plan may ask for something else again.
   * @default {{}}
   */
  readonly gate?: GateOptions;
  /**
   * Whether the rollout decides and reports only. It moves nothing then, and makes no backfill and no sweep.
   * @default {false}
   */
  readonly dryRun?: boolean;
  /**
   * After how many returns by itself it pauses, until somebody resumes it: 1 to 1,000.
   * @default {1}
   */
  readonly maxReturns?: number;
  /**
   * For how many milliseconds it does not go on after a return: 0 to 30 days.
   * @default {3600000}
   */
  readonly coolDownMs?: number;
  /** Called with everything that it does, and that is done to it. What it throws goes no further. */
  readonly onEvent?: (event: RolloutEvent) => void;
}

/** {@link RolloutOptions} with nothing left open. */
export type CheckedRolloutOptions = Required<Omit<RolloutOptions, "plan" | "gate">> & {
  readonly plan: Plan;
  readonly gate: GateChanges;
};

const ACTION = "create a rollout";

const PLAN: Rule = { must: "be the name of a plan or an array of steps", isOfType: () => true };

const RULES: Rules<RolloutOptions> = {
  plan: PLAN,
  gate: OBJECT,
  dryRun: BOOLEAN,
  maxReturns: wholeNumber(1, 1_000),
  coolDownMs: numberFrom(0, 30 * 24 * 60 * 60 * 1_000),
  onEvent: FUNCTION,
};

const DEFAULTS = {
  plan: "careful" as const,
  dryRun: false,
  maxReturns: 1,
  coolDownMs: 60 * 60 * 1_000,
  onEvent: () => {},
};

/**
 * Checks the options of a rollout.
 *
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If one is out of its range.
 */
export function checkRolloutOptions(options: RolloutOptions): CheckedRolloutOptions {
  const { plan, gate, ...checked } = checkOptions(ACTION, options, RULES, DEFAULTS);
  return { ...checked, plan: checkPlan(plan), gate: checkGateChanges(ACTION, gate, "gate") };
}
