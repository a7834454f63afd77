import type { Clock } from "@twinmap/twinmap";
import type fc from "fast-check";

/**
 * A clock whose tasks run in whatever order the scheduler takes: what one waits for can come after what another began
 * later, as between a timer and the next turn of an event loop. Time goes on by the tasks that are due later, and a little by each look at it, so that slices come to their end.
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
