import { rateBounds } from "../stats/confidence_sequence.ts";
import type { ReportedWindow } from "../stats/time_windows.ts";

/** The diff rate that must stay below this: 0.0001 %. */
export const THRESHOLD = 1e-6;
/** The confidence of the bounds. */
export const CONFIDENCE = 0.95;
/** For how long, in milliseconds, the rate must stay below the threshold. */
const GATE_MS = 60 * 60 * 1_000;

/** Whether the diff rate says that the stage may be left. */
export interface ReportedGate {
  /** The diff rate must stay below this. */
  threshold: number;
  /** For how long, in milliseconds, without a break. */
  overMs: number;
  /** Whether the condition holds. */
  met: boolean;
  /** What is missing, a phrase each. */
  missing: string[];
}

/**
 * What the counts of the last hour say about leaving the stage.
 *
 * The gate is met if every full minute had comparisons, the diff rate over all of them is below the threshold, and there
 * were enough comparisons for the upper bound of the rate to be below it too.
 *
 * @param minutes The counts by the minute, the oldest first. The last minute has just begun: it may still be empty.
 */
export function gateOver(minutes: readonly ReportedWindow[]): ReportedGate {
  const compared = minutes.reduce((sum, window) => sum + window.compared, 0);
  const diffs = minutes.reduce((sum, window) => sum + window.diffs, 0);
  const withoutBreak = minutes.slice(0, -1).every((window) => window.compared > 0);
  const missing: string[] = [];
  if (!withoutBreak) missing.push("an hour with comparisons in every minute");
  if (compared === 0 || diffs / compared >= THRESHOLD) missing.push("a diff rate below the threshold in the last hour");
  if (rateBounds(diffs, compared, THRESHOLD, 1 - CONFIDENCE).upper >= THRESHOLD) {
    missing.push("enough comparisons in the last hour for its upper bound to be below the threshold");
  }
  return { threshold: THRESHOLD, overMs: GATE_MS, met: missing.length === 0, missing };
}
