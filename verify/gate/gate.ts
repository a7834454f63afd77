import type { RateVerdict } from "../stats/confidence_sequence.ts";
import type { GateCondition, GateEvidence } from "./condition.ts";
import {
  alarmCondition,
  backfillCondition,
  coverageCondition,
  errorsCondition,
  holdCondition,
  journalCondition,
  keysCondition,
  rateCondition,
  recentCondition,
  sweepCondition,
} from "./conditions.ts";
import type { CheckedGateOptions } from "./gate_options.ts";
import { latencyCondition } from "./latency_condition.ts";

/** Whether a stage may be left, and why. */
export interface GateVerdict {
  /** `pass` if every condition passes, `fail` if one fails, else `hold`. */
  readonly verdict: RateVerdict;
  /** Every condition, those that do not pass first. */
  readonly conditions: readonly GateCondition[];
}

/** The verdicts, the weightiest first. */
const ORDER: readonly RateVerdict[] = ["fail", "hold", "pass"];

/**
 * Judges whether a stage may be left. All conditions must pass, each at the full error allowed for the episode: the gate then
 * errs at most as often as one of them (R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling",
 * Technometrics 24 (1982): intersection-union tests).
 */
export function judgeGate(evidence: GateEvidence, options: CheckedGateOptions): GateVerdict {
  const conditions = [
    backfillCondition(evidence),
    sweepCondition(evidence, options),
    rateCondition("diffs", evidence, options),
    rateCondition("late", evidence, options),
    alarmCondition(evidence, options),
    latencyCondition(evidence, options),
    errorsCondition(evidence),
    journalCondition(evidence),
    coverageCondition(evidence),
    keysCondition(evidence, options),
    holdCondition(evidence, options),
    recentCondition(evidence),
    ...evidence.checks,
  ];
  conditions.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return { verdict: conditions[0]?.verdict ?? "hold", conditions };
}
