import { BOOLEAN, checkOptions, numberFrom, OBJECT, oneOf, type Rules } from "../../src/options.ts";
import { received } from "../../src/received.ts";
import { checkGateChanges, type GateChanges, type GateOptions } from "../gate/gate_options.ts";
import { positionWords } from "../report/rollout_words.ts";
import type { Position } from "../stages/moves.ts";
import { type Stage, STAGE_NAMES } from "../stages/stage.ts";
import { positionAt } from "../stages/stage_options.ts";

/** A position of a rollout, and what it takes to leave it. The gate of the twin is asked, too, where the new map comes to answer more keys. */
export interface PlanStep {
  /** The stage. */
  readonly stage: Stage;
  /** At `live`, where it must be given: the percentage of keys that the new map answers for, 0 to 100. */
  readonly percent?: number;
  /**
   * Whether both maps must hold what was there before. Here and at later steps, the rollout makes a backfill whenever they may not.
   * @default {false}
   */
  readonly backfill?: boolean;
  /**
   * Whether a sweep of all keys must have been clean. Here and at later steps, the rollout makes one whenever none counts.
   * @default {false}
   */
  readonly sweep?: boolean;
  /**
   * For how many milliseconds the twin stays here at least: 0 to 30 days.
   * @default {0}
   */
  readonly holdMs?: number;
  /**
   * What the gate asks for while the twin is here, where that is not what the rollout or the twin asks for.
   * @default {{}}
   */
  readonly gate?: GateOptions;
  /**
   * Whether somebody must confirm before the twin comes here. `complete` always needs that, as the way back ends there.
   * @default {false}
   */
  readonly confirm?: boolean;
}

/** A plan that is ready to use: `careful` takes 26 hours at least, `quick` two and a quarter. */
export type PlanName = "careful" | "quick";

/** {@link PlanStep} with nothing left open. */
export interface CheckedStep extends Required<Omit<PlanStep, "stage" | "percent" | "gate">>, Position {
  readonly gate: GateChanges;
}

/** The steps of a rollout, in order. */
export type Plan = readonly CheckedStep[];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const RULES: Rules<PlanStep> = {
  stage: oneOf(...STAGE_NAMES),
  percent: numberFrom(0, 100),
  backfill: BOOLEAN,
  sweep: BOOLEAN,
  holdMs: numberFrom(0, 30 * DAY),
  gate: OBJECT,
  confirm: BOOLEAN,
};
const DEFAULTS = { backfill: false, sweep: false, holdMs: 0, confirm: false };

const ACTION = "create a rollout";

/** The shares at which the new map answers, and how long each lasts at least. */
function presetOf(percents: readonly number[], holdMs: number, rampdownMs: number): readonly PlanStep[] {
  return [
    { stage: "dualwrite", backfill: true, sweep: true },
    { stage: "shadow" },
    ...percents.map((percent): PlanStep => ({ stage: "live", percent, holdMs })),
    { stage: "rampdown", holdMs: rampdownMs },
    { stage: "complete", confirm: true },
  ];
}

const PRESETS: { readonly [name in PlanName]: readonly PlanStep[] } = {
  careful: presetOf([1, 5, 25, 50, 100], 10 * MINUTE, DAY),
  quick: presetOf([5, 50, 100], 5 * MINUTE, HOUR),
};

/**
 * Checks a plan.
 *
 * @param plan The name of a plan, or its steps: from `off` or `dualwrite` on, through every stage up to that of the last one.
 * @throws {TypeError} If it is neither, or an option of a step is unknown, missing or of the wrong type.
 * @throws {RangeError} If there is no such plan, an option is out of its range, or the steps do not follow each other.
 */
export function checkPlan(plan: PlanName | readonly PlanStep[]): Plan {
  if (typeof plan === "string") return checkSteps(presetCalled(plan));
  if (Array.isArray(plan)) return checkSteps(plan);
  throw new TypeError(`Cannot ${ACTION}: plan must be the name of a plan or an array of steps: ${received(plan)}`);
}

function presetCalled(name: string): readonly PlanStep[] {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PlanName];
  const allowed = Object.keys(PRESETS).map((name) => JSON.stringify(name)).join(" or ");
  throw new RangeError(`Cannot ${ACTION}: plan must be ${allowed}, or an array of steps: ${received(name)}`);
}

function checkSteps(steps: readonly PlanStep[]): Plan {
  const checked = steps.map((step, place): CheckedStep => {
    const name = `plan[${place}]`;
    const { stage, percent, gate, ...asked } = checkOptions(ACTION, step, RULES, DEFAULTS, name);
    if (stage === undefined) throw new TypeError(`Cannot ${ACTION}: ${name}.stage is missing`);
    const confirm = asked.confirm || stage === "complete";
    return {
      ...asked,
      gate: checkGateChanges(ACTION, gate, `${name}.gate`),
      ...positionAt(ACTION, stage, percent, `${name}.percent`),
      confirm,
    };
  });
  checked.forEach((step, place) => checkOrder(checked[place - 1], step, place));
  if (checked.length > 0) return checked;
  throw new RangeError(`Cannot ${ACTION}: plan must have at least one step: received none`);
}

/** @throws {RangeError} If `step` can't follow `before`. */
function checkOrder(before: Position | undefined, step: Position, place: number): void {
  const at = STAGE_NAMES.indexOf(step.stage);
  const from = before === undefined ? 0 : STAGE_NAMES.indexOf(before.stage);
  const rises = before === undefined || at > from || (at === from && step.percent > before.percent);
  if (rises && at - from <= 1) return;
  const must = rises ? `go through ${STAGE_NAMES[from + 1]} first` : "come after the step before it";
  throw new RangeError(`Cannot ${ACTION}: plan[${place}] must ${must}: received ${positionWords(step)}`);
}

/** The place in the plan of the last step that the position has reached: -1 before the first one. */
export function placeOf(plan: Plan, { stage, percent }: Position): number {
  const at = STAGE_NAMES.indexOf(stage);
  return plan.findLastIndex((step) => {
    const place = STAGE_NAMES.indexOf(step.stage);
    return place < at || (place === at && step.percent <= percent);
  });
}
