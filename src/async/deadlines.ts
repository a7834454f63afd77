import type { Clock } from "../clock.ts";

/** Something that ends when its time is up. */
export interface Limited {
  /** Called once, when the time is up. */
  expire(): void;
}

/**
 * Ends calls that take too long. All have the same limit, so they expire in the order in which they began, and one timer serves them
 * all. It does not keep the process alive: a process that nothing else keeps alive gets no answer either.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;
  /** When each call expires, the first one first. */
  readonly #deadlines = new Map<Limited, number>();
  #isScheduled = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
  }

  /** Lets `limited` expire once the limit has passed, unless it is stopped first. O(1). */
  start(limited: Limited): void {
    this.#deadlines.set(limited, this.#clock.monotonicMs() + this.timeoutMs);
    if (!this.#isScheduled) this.#schedule(this.timeoutMs);
  }

  /** Never lets `limited` expire, unless it is started again. O(1). */
  stop(limited: Limited): void {
    this.#deadlines.delete(limited);
  }

  /** Gives `limited` the whole limit again. O(1). */
  restart(limited: Limited): void {
    this.stop(limited);
    this.start(limited);
  }

  #schedule(delayMs: number): void {
    this.#isScheduled = true;
    // A timer may run a fraction of a millisecond early.
    this.#clock.schedule(() => this.#expire(), Math.ceil(delayMs), { unref: true });
  }

  #expire(): void {
    this.#isScheduled = false;
    const nowMs = this.#clock.monotonicMs();
    for (const [limited, deadlineMs] of this.#deadlines) {
      if (deadlineMs > nowMs) return this.#schedule(deadlineMs - nowMs);
      this.#deadlines.delete(limited);
      limited.expire();
    }
  }
}
