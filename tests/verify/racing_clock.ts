import type { Clock } from "@twinmap/twinmap";
import type fc from "fast-check";

/**
 * A clock that runs tasks in any order the scheduler chooses, as timers and turns of the event loop may overtake each
 * other. A task moves the time to when it is due, and each reading adds a little, so that slices end.
 */
export class RacingClock implements Clock {
  readonly #scheduler: fc.Scheduler;
  #nowMs = Date.UTC(2026, 0, 1);

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs += 0.01;
  }

  schedule(task: () => void, delayMs: number): void {
    const atMs = this.#nowMs + delayMs;
    this.#scheduler.schedule(Promise.resolve(), `after ${delayMs} ms`).then(() => {
      this.#nowMs = Math.max(this.#nowMs, atMs);
      task();
    });
  }
}
