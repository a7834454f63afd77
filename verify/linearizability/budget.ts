import type { Clock } from "../../src/clock.ts";

/** The clock is read at one call of `hasPassed` in this many: reading it costs more than most steps. */
const ASKS_PER_READING = 64;

/** The moment at which every search ends. */
export class Deadline {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #atMs: number;
  #asks = 0;
  #hasPassed = false;

  /** @param ms Milliseconds from now. With `Infinity` the clock is never read. */
  constructor(clock: Pick<Clock, "monotonicMs">, ms: number) {
    this.#clock = clock;
    this.#atMs = ms === Infinity ? Infinity : clock.monotonicMs() + ms;
  }

  /** Whether the deadline had passed when the clock was last read: at the first call and every 64th after it. */
  get hasPassed(): boolean {
    if (this.#atMs === Infinity || this.#hasPassed || this.#asks++ % ASKS_PER_READING > 0) return this.#hasPassed;
    return this.#hasPassed = this.#clock.monotonicMs() >= this.#atMs;
  }
}

/** The number of steps that a search may still take, and its deadline. */
export class Budget {
  readonly #deadline: Deadline;
  #steps: number;

  constructor(steps: number, deadline: Deadline) {
    this.#steps = steps;
    this.#deadline = deadline;
  }

  /** The steps that are left; below zero if the last search exceeded them. */
  get steps(): number {
    return this.#steps;
  }

  get isSpent(): boolean {
    return this.#steps <= 0 || this.#deadline.hasPassed;
  }

  spend(steps: number): void {
    this.#steps -= steps;
  }

  /** Lends up to `steps` of these steps to a task, and takes back those that it did not use. */
  lend<Result>(steps: number, task: (budget: Budget) => Result): Result {
    const lent = Math.max(0, Math.min(steps, this.#steps));
    const budget = new Budget(lent, this.#deadline);
    const result = task(budget);
    this.#steps -= lent - budget.steps;
    return result;
  }
}
