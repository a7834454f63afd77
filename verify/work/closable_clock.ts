import { type Clock, type ScheduleOptions, systemClock } from "../../src/clock.ts";
import { SteadyReading } from "./steady_reading.ts";

/**
 * The clock of one twin. Closing it leaves nothing scheduled: tasks that wait run early, so that a loop which waits for its
 * next turn finds that it is over. After that, nothing but the next turn can be scheduled.
 *
 * Where the clock that it was given fails, it goes on by the platform's: an error of that clock must neither reach a caller of
 * the twin nor stop the comparing.
 */
export class ClosableClock implements Clock {
  readonly #clock: Clock;
  readonly #now: SteadyReading;
  readonly #monotonic: SteadyReading;
  /** The tasks that wait, each with what cancels it, if the clock can cancel. */
  readonly #waiting = new Map<() => void, (() => void) | void>();
  #isClosed = false;
  /** How often the clock failed. */
  errors = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    const failed = () => void this.errors++;
    this.#now = new SteadyReading(() => clock.now(), () => systemClock.now(), failed);
    this.#monotonic = new SteadyReading(() => clock.monotonicMs(), () => systemClock.monotonicMs(), failed);
  }

  now(): number {
    return this.#now.ms();
  }

  monotonicMs(): number {
    return this.#monotonic.ms();
  }

  schedule(task: () => void, delayMs: number, options?: ScheduleOptions): void {
    if (this.#isClosed && delayMs > 0) return;
    const run = () => {
      if (this.#waiting.delete(run)) task();
    };
    this.#waiting.set(run, undefined);
    const cancel = this.#schedule(run, delayMs, options);
    if (this.#waiting.has(run)) this.#waiting.set(run, cancel);
  }

  /** Cancels what is scheduled, and runs it as soon as the present code has ended. */
  close(): void {
    this.#isClosed = true;
    for (const [run, cancel] of this.#waiting) {
      try {
        if (typeof cancel === "function") cancel();
      } catch {
        this.errors++;
      }
      queueMicrotask(run);
    }
  }

  #schedule(task: () => void, delayMs: number, options: ScheduleOptions | undefined): (() => void) | void {
    try {
      return this.#clock.schedule(task, delayMs, options);
    } catch {
      this.errors++;
      return systemClock.schedule(task, delayMs, options);
    }
  }
}
