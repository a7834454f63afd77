import type { Clock } from "../../src/clock.ts";
import { whenRejected } from "../../src/promised_answer.ts";
import type { RolloutRecord } from "../report/reported_rollout.ts";
import type { CheckedRolloutOptions } from "./options.ts";

/** How many records are kept. */
const MAX_RECORDS = 100;

/** What a rollout did, and what was done to it: the last records. */
export class History {
  readonly #twin: string;
  readonly #clock: Clock;
  readonly #options: Pick<CheckedRolloutOptions, "dryRun" | "onEvent">;
  readonly #records: RolloutRecord[] = [];

  constructor(twin: string, clock: Clock, options: Pick<CheckedRolloutOptions, "dryRun" | "onEvent">) {
    this.#twin = twin;
    this.#clock = clock;
    this.#options = options;
  }

  /** The last records, the newest first. */
  get last(): RolloutRecord[] {
    return this.#records.toReversed();
  }

  add({ kind, stage, percent, by, why }: Omit<RolloutRecord, "at" | "dryRun">): void {
    const at = new Date(this.#clock.now()).toISOString();
    const isOnlySaid = this.#options.dryRun && (kind === "move" || kind === "force" || kind === "back");
    const record = { at, kind, stage, percent, by, why, dryRun: isOnlySaid };
    this.#records.push(record);
    if (this.#records.length > MAX_RECORDS) this.#records.shift();
    this.#tell(record);
  }

  #tell(record: RolloutRecord): void {
    try {
      whenRejected(this.#options.onEvent({ twin: this.#twin, ...record }), () => {});
    } catch {
      // The function is the owner's: the rollout goes on.
    }
  }
}
