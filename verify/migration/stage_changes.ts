import type { ReportedStageChange } from "../report/report.ts";
import type { Position } from "../stages/moves.ts";

/** How many are kept. */
const MAX_CHANGES = 50;

/** When the twin came to which stage: the last changes are kept for the report. */
export class StageChanges {
  readonly #last: ReportedStageChange[] = [];

  /** The last ones, the newest first. */
  get last(): ReportedStageChange[] {
    return this.#last.toReversed();
  }

  add({ stage, percent }: Position, nowMs: number): void {
    this.#last.push({ at: new Date(nowMs).toISOString(), stage, percent });
    if (this.#last.length > MAX_CHANGES) this.#last.shift();
  }
}
