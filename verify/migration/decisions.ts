import type { ReportedDecision } from "../report/report.ts";
import type { Position } from "../stages/moves.ts";

/** How many are kept. */
const MAX_DECISIONS = 20;

/** What people decided, beside the gate or past it: the last ones are kept for the report. */
export class Decisions {
  readonly #last: ReportedDecision[] = [];

  /** The last ones, the newest first. */
  get last(): ReportedDecision[] {
    return this.#last.toReversed();
  }

  add(
    kind: ReportedDecision["kind"],
    why: string,
    { stage, percent }: Position,
    nowMs: number,
    missing: readonly string[] = [],
  ): void {
    this.#last.push({ at: new Date(nowMs).toISOString(), kind, stage, percent, why, missing: [...missing] });
    if (this.#last.length > MAX_DECISIONS) this.#last.shift();
  }
}
