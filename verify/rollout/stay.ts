import type { GateCondition } from "../gate/condition.ts";
import type { TwinReport } from "../report/report.ts";
import type { Position } from "../stages/moves.ts";
import type { Stage } from "../stages/stage.ts";

/** The time that a twin is at one position, and what people agreed to there. */
export class Stay implements Position {
  readonly stage: Stage;
  readonly percent: number;
  readonly sinceMs: number;
  /** Whether the next step was confirmed. */
  isConfirmed = false;
  /** Conditions that failed when somebody moved the twin here past them: that they fail is no reason to go back. */
  readonly accepted: ReadonlySet<GateCondition["name"]>;

  constructor(report: Pick<TwinReport, "stage" | "percent" | "gate">, sinceMs: number) {
    this.stage = report.stage;
    this.percent = report.percent;
    this.sinceMs = sinceMs;
    const failing = report.gate.conditions.filter(({ verdict }) => verdict === "fail");
    this.accepted = new Set(failing.map(({ name }) => name));
  }
}
