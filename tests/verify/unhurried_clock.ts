import { RacingClock } from "./racing_clock.ts";

/** For so long nobody waits: the order of the commands alone is varied, and no time runs out. */
export const NEVER_MS: number = 2 ** 30;

/** A clock of races on which no time runs out. */
export class UnhurriedClock extends RacingClock {
  #passedMs = 0;

  /** Lets time pass at once. */
  pass(ms: number): void {
    this.#passedMs += ms;
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.#passedMs;
  }

  override schedule(task: () => void, delayMs: number): void {
    if (delayMs < NEVER_MS) super.schedule(task, delayMs);
  }
}
