/** How many calls were made to a map, and how many of them failed, in all. */
export interface Calls {
  /** Calls that were made. */
  readonly made: number;
  /** Calls that failed, or got no answer in time. */
  readonly failed: number;
}

/** In a failing second, more than this share of the calls failed. */
export const FAILING_SHARE = 0.01;

/** For how long failing seconds are remembered. */
const MEMORY_MS = 10 * 60 * 1_000;
const MAX_REMEMBERED = MEMORY_MS / 1_000;

/**
 * The seconds of the last ten minutes in which calls to a map failed. A second counts, not a call: calls fail together, and
 * a store that is away for a moment fails as many as were made in it.
 */
export class FailingSeconds {
  #calls: Calls;
  #failingMs: number[] = [];

  /** @param calls What was counted before. */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Takes the totals as of `nowMs`. To be called about once a second. */
  advance(calls: Calls, nowMs: number): void {
    const made = calls.made - this.#calls.made;
    const failed = calls.failed - this.#calls.failed;
    this.#calls = calls;
    if (failed > FAILING_SHARE * made) this.#failingMs.push(nowMs);
    this.#failingMs = this.#failingMs.filter((ms) => nowMs - ms < MEMORY_MS).slice(-MAX_REMEMBERED);
  }

  /** How many there were in the last `lastMs` milliseconds, up to ten minutes. */
  within(lastMs: number, nowMs: number): number {
    return this.#failingMs.filter((ms) => nowMs - ms < lastMs).length;
  }
}
