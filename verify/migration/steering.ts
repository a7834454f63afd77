import type { Clock } from "../../src/clock.ts";
import type { GateChanges } from "../gate/gate_options.ts";
import type { Maybe } from "../pair/pair.ts";
import type { ReportedRollout } from "../report/reported_rollout.ts";
import type { TwinReport } from "../report/report.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, PaceOptions, StageOptions } from "../stages/stage_options.ts";

/** A rollout, as the report of its twin sees it. Every act has a reason, and is recorded with who did it. */
export interface SteeringRollout {
  report(): ReportedRollout;
  pause(why: string, by: string): void;
  resume(why: string, by: string): void;
  confirm(why: string, by: string): void;
  promote(why: string, by: string): Promise<void>;
  abort(why: string, by: string): Promise<void>;
}

/** What a rollout does with a twin: what everyone may do, and what only a rollout does. */
export interface Steering {
  readonly clock: Clock;
  readonly isClosed: boolean;
  /** The rollout that steers the twin. */
  rollout: SteeringRollout | undefined;
  report(): TwinReport;
  stage(stage: Stage, options: StageOptions): Maybe<void>;
  back(why: string): Promise<void>;
  backfill(options: BackfillOptions): Promise<void>;
  sweep(options: PaceOptions): Promise<boolean>;
  /** Has the gate judge by these options, where they are given, and else by those of the twin. */
  judgeBy(options: GateChanges): void;
  /** Voids the evidence: what was counted counts no more, and the next episode has a smaller share of the error that is allowed. */
  voidEvidence(why: string): void;
  /** What is missing before the old map can take over again without losing anything, a phrase each. */
  missingForWayBack(): readonly string[];
}

const steerings = new WeakMap<object, Steering>();

/** Has `twin` steered by `steering`. */
export function steeredBy(twin: object, steering: Steering): void {
  steerings.set(twin, steering);
}

/** What steers `twin`: `undefined` if that is no twin. */
export function steeringOf(twin: object): Steering | undefined {
  return steerings.get(twin);
}
