import type { Clock } from "../../src/clock.ts";
import type { ReportedDecision } from "../report/report.ts";
import type { Position } from "../stages/moves.ts";

/** How many are kept. */
const MAX_DECISIONS = 20;

/** What people decided, beside the gate or past it: the last ones are kept for the report. */
export class Decisions {
  readonly #clock: Clock;
  readonly #told: (decision: ReportedDecision) => void;
  readonly #last: ReportedDecision[] = [];

  /** @param told Called with each decision. */
  constructor(clock: Clock, told: (decision: ReportedDecision) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** The last ones, the newest first. */
  get last(): ReportedDecision[] {
    return this.#last.toReversed();
  }

  add(
    kind: ReportedDecision["kind"],
    why: string,
    { stage, percent }: Position,
    missing: readonly string[] = [],
  ): void {
    const at = new Date(this.#clock.now()).toISOString();
    const decision: ReportedDecision = { at, kind, stage, percent, why, missing: [...missing] };
    this.#last.push(decision);
    if (this.#last.length > MAX_DECISIONS) this.#last.shift();
    this.#told(decision);
  }
}
