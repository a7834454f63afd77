import type { Clock } from "../clock.ts";

/** Something that ends when its time is up. Its fields are for {@link Deadlines} alone. */
export abstract class Limited {
  /** When it expires, by the monotonic clock. */
  deadlineMs = 0;
  /** What expires just before it. */
  earlier: Limited | undefined;
  /** What expires just after it. */
  later: Limited | undefined;

  /** Called once, when the time is up. */
  abstract expire(): void;
}

/**
 * Ends calls that take too long. All have the same limit, so they expire in the order in which they began, and one
 * timer serves them all. It does not keep the process alive: a process that nothing else keeps alive gets no answer
 * either.
 *
 * The calls are a linked list, since every call enters and leaves it: a `Map` takes several times as long.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** The limit, in milliseconds. */
  readonly timeoutMs: number;
  #first: Limited | undefined;
  #last: Limited | undefined;
  #isScheduled = false;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
  }

  /** Lets `limited`, which is not started, expire once the limit has passed, unless it is stopped first. O(1). */
  start(limited: Limited): void {
    limited.deadlineMs = this.#clock.monotonicMs() + this.timeoutMs;
    limited.earlier = this.#last;
    if (this.#last === undefined) this.#first = limited;
    else this.#last.later = limited;
    this.#last = limited;
    if (!this.#isScheduled) this.#schedule(this.timeoutMs);
  }

  /** Never lets `limited` expire, unless it is started again. O(1). */
  stop(limited: Limited): void {
    const { earlier, later } = limited;
    const isStarted = earlier !== undefined || this.#first === limited;
    if (!isStarted) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    limited.earlier = limited.later = undefined;
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
    for (let first = this.#first; first !== undefined; first = this.#first) {
      if (first.deadlineMs > nowMs) return this.#schedule(first.deadlineMs - nowMs);
      this.stop(first);
      first.expire();
    }
  }
}
