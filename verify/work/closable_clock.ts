import type { Clock, ScheduleOptions } from "../../src/clock.ts";

/**
 * The clock of one twin. Closing it leaves nothing scheduled: tasks that wait run early, so that a loop which waits for its
 * next turn finds that it is over. After that, nothing but the next turn can be scheduled.
 */
export class ClosableClock implements Clock {
  readonly #clock: Clock;
  /** The tasks that wait, each with what cancels it, if the clock can cancel. */
  readonly #waiting = new Map<() => void, (() => void) | void>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  schedule(task: () => void, delayMs: number, options?: ScheduleOptions): void {
    if (this.#isClosed && delayMs > 0) return;
    const run = () => {
      if (this.#waiting.delete(run)) task();
    };
    this.#waiting.set(run, undefined);
    this.#waiting.set(run, this.#clock.schedule(run, delayMs, options));
  }

  /** Cancels what is scheduled, and runs it as soon as the present code has ended. */
  close(): void {
    this.#isClosed = true;
    for (const [run, cancel] of this.#waiting) {
      if (typeof cancel === "function") cancel();
      queueMicrotask(run);
    }
  }
}
