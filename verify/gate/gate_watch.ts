import type { Clock } from "../../src/clock.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";
import type { Evidence } from "./evidence.ts";

/** A new verdict of a gate, and why it is not `pass`, a phrase each. */
export interface VerdictChange {
  readonly verdict: RateVerdict;
  readonly reasons: readonly string[];
}

/** Notices when the verdict of a gate changes. */
export class GateWatch {
  readonly #evidence: Pick<Evidence, "report">;
  readonly #clock: Clock;
  readonly #changed: (change: VerdictChange) => void;
  #verdict: RateVerdict;

  /** @param changed Called with each new verdict. */
  constructor(evidence: Pick<Evidence, "report">, clock: Clock, changed: (change: VerdictChange) => void) {
    this.#evidence = evidence;
    this.#clock = clock;
    this.#changed = changed;
    this.#verdict = evidence.report(clock.now()).verdict;
  }

  /** Looks whether it has changed. */
  look(): void {
    const { verdict, conditions } = this.#evidence.report(this.#clock.now());
    if (verdict === this.#verdict) return;
    this.#verdict = verdict;
    const reasons = conditions.filter((condition) => condition.verdict !== "pass").map(({ reason }) => reason);
    this.#changed({ verdict, reasons });
  }
}
