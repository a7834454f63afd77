import type { Position } from "../stages/moves.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";
import type { WorkState } from "../work/job.ts";
import type { ReportedDecision } from "./report.ts";

/** A move from one stage, or one percentage, to another. */
export interface StageEvent {
  /** `stage`. */
  readonly type: "stage";
  /** Where the twin was. */
  readonly from: Position;
  /** Where it is now. */
  readonly to: Position;
}

/** A sweep that has begun or ended. */
export interface SweepEvent {
  /** `sweep`. */
  readonly type: "sweep";
  /** Whether it has begun (`running`), come to its end (`done`) or been given up (`aborted`). */
  readonly state: WorkState;
  /** Whether it found nothing; `null` unless it is done. */
  readonly clean: boolean | null;
}

/** A backfill that has begun or ended. */
export interface BackfillEvent {
  /** `backfill`. */
  readonly type: "backfill";
  /** Whether it has begun (`running`), come to its end (`done`) or been given up (`aborted`). */
  readonly state: WorkState;
}

/** A change of the gate's verdict. */
export interface GateEvent {
  /** `gate`. */
  readonly type: "gate";
  /** What it says now. */
  readonly verdict: RateVerdict;
  /** Why it does not pass, a phrase each. */
  readonly reasons: readonly string[];
}

/** A decision that somebody gave a reason for, as it stands in the report: a reset, a forced move, the way back. */
export interface DecisionEvent extends Readonly<Omit<ReportedDecision, "at" | "kind">> {
  /** What was decided. */
  readonly type: ReportedDecision["kind"];
}

/** What has happened. */
export type TwinEventContent = StageEvent | SweepEvent | BackfillEvent | GateEvent | DecisionEvent;

/** Something that happened to a twin, beside diffs. */
export type TwinEvent = TwinEventContent & {
  /** The name of the twin. */
  readonly twin: string;
  /** When, ISO 8601 in UTC. */
  readonly at: string;
};
