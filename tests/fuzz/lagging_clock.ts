import { ManualClock } from "../../testing/manual_clock.ts";

/** A clock of a busy event loop: tasks are late, and may overtake each other. */
export class LaggingClock extends ManualClock {
  readonly #lagsMs: readonly number[];
  #tasks = 0;

  /** @param lagsMs By how much the tasks are late, one after the other, and again from the first. */
  constructor(lagsMs: readonly number[]) {
    super(0.01);
    this.#lagsMs = lagsMs;
  }

  override schedule(task: () => void, delayMs: number): void {
    super.schedule(task, delayMs + (this.#lagsMs[this.#tasks++ % this.#lagsMs.length] as number));
  }
}
