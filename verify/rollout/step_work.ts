import type { Clock } from "../../src/clock.ts";
import type { Steering } from "../migration/steering.ts";
import type { TwinReport } from "../report/report.ts";

/** What is made of itself takes at most an eleventh of the time. */
const REST_FACTOR = 10;

/** How long it rests at least, in milliseconds, before it is made again. */
const LEAST_REST_MS = 10_000;

type Work = "backfill" | "sweep";

/** Makes the backfills and sweeps that the steps of a plan ask for, one at a time, and again when they count no more. */
export class StepWork {
  readonly #twin: Pick<Steering, Work>;
  readonly #clock: Clock;
  readonly #restsUntilMs: { [work in Work]: number } = { backfill: -Infinity, sweep: -Infinity };
  #isUnderWay = false;
  /** Why the last one failed, if it did. */
  problem: string | undefined;

  constructor(twin: Pick<Steering, Work>, clock: Clock) {
    this.#twin = twin;
    this.#clock = clock;
  }

  /**
   * Begins what is missing.
   *
   * @param asked Whether the plan asks for it.
   */
  begin({ stage, gate }: Pick<TwinReport, "stage" | "gate">, asked: (work: Work) => boolean): void {
    if (this.#isUnderWay) return;
    const missing = (["backfill", "sweep"] as const).find((work) =>
      asked(work) && gate.conditions.some(({ name, verdict }) => name === work && verdict !== "pass")
    );
    if (missing === undefined || this.#clock.monotonicMs() < this.#restsUntilMs[missing]) return;
    // At `live` both maps answer. A copy from the new one could undo a write to the old one.
    const make = missing === "sweep"
      ? () => this.#twin.sweep({})
      : () => this.#twin.backfill(stage === "live" ? { from: "old" } : {});
    this.#make(missing, make);
  }

  async #make(work: Work, make: () => Promise<unknown>): Promise<void> {
    this.#isUnderWay = true;
    const beganMs = this.#clock.monotonicMs();
    try {
      await make();
      this.problem = undefined;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
    const nowMs = this.#clock.monotonicMs();
    this.#restsUntilMs[work] = nowMs + Math.max(LEAST_REST_MS, REST_FACTOR * (nowMs - beganMs));
    this.#isUnderWay = false;
  }
}
