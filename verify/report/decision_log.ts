import type { Clock } from "../../src/clock.ts";
import type { Position } from "../stages/moves.ts";
import type { ReportedDecision } from "./report.ts";

/** How many decisions are kept. */
const MAX_DECISIONS = 20;

/** Keeps the last decisions that somebody gave a reason for. */
export class DecisionLog {
  readonly #clock: Clock;
  readonly #told: (decision: ReportedDecision) => void;
  readonly #decisions: ReportedDecision[] = [];

  /** @param told Called with each decision. */
  constructor(clock: Clock, told: (decision: ReportedDecision) => void) {
    this.#clock = clock;
    this.#told = told;
  }

  /** The decisions, the newest first. */
  get recent(): ReportedDecision[] {
    return this.#decisions.toReversed();
  }

  /**
   * Records a decision.
   *
   * @param missing What the gate was missing, a phrase each.
   */
  record(kind: ReportedDecision["kind"], why: string, at: Position, missing: readonly string[] = []): void {
    const decision: ReportedDecision = {
      at: new Date(this.#clock.now()).toISOString(),
      kind,
      stage: at.stage,
      percent: at.percent,
      why,
      missing: [...missing],
    };
    this.#decisions.push(decision);
    if (this.#decisions.length > MAX_DECISIONS) this.#decisions.shift();
    this.#told(decision);
  }
}
