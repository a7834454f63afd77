import type { Clock } from "../../src/clock.ts";

/** How often `hasPassed` is asked before the clock is read again: reading it costs more than most steps. */
const ASKS_PER_READING = 64;

/** A moment at which all searching ends. */
export class Deadline {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #atMs: number;
  #asks = 0;
  #hasPassed = false;

  /** @param ms How many milliseconds from now. With `Infinity` the clock is never read. */
  constructor(clock: Pick<Clock, "monotonicMs">, ms: number) {
    this.#clock = clock;
    this.#atMs = ms === Infinity ? Infinity : clock.monotonicMs() + ms;
  }

  /** Whether the clock was past it when it was last read, which is every 64th time this is asked. */
  get hasPassed(): boolean {
    if (this.#atMs === Infinity || this.#hasPassed || this.#asks++ % ASKS_PER_READING > 0) return this.#hasPassed;
    return this.#hasPassed = this.#clock.monotonicMs() >= this.#atMs;
  }
}

/** How many more steps a search may take, and until when. */
export class Budget {
  readonly #deadline: Deadline;
  #steps: number;

  constructor(steps: number, deadline: Deadline) {
    this.#steps = steps;
    this.#deadline = deadline;
  }

  /** The steps that are left; below zero if the last search took some too many. */
  get steps(): number {
    return this.#steps;
  }

  get isSpent(): boolean {
    return this.#steps <= 0 || this.#deadline.hasPassed;
  }

  spend(steps: number): void {
    this.#steps -= steps;
  }

  /** Lends at most so many of these steps to a task, and takes back what it leaves. */
  lend<Result>(steps: number, task: (budget: Budget) => Result): Result {
    const lent = Math.max(0, Math.min(steps, this.#steps));
    const budget = new Budget(lent, this.#deadline);
    const result = task(budget);
    this.#steps -= lent - budget.steps;
    return result;
  }
}
