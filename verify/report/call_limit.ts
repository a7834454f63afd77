import type { Clock } from "../../src/clock.ts";

const SECOND_MS = 1_000;

/** Lets so many calls through in any second, and counts the others. */
export class CallLimit {
  readonly #clock: Clock;
  /** When the last calls were let through, in a ring. */
  readonly #passedMs: number[];
  #next = 0;
  #skipped = 0;

  /** @param perSecond How many calls are let through in any second. */
  constructor(perSecond: number, clock: Clock) {
    this.#clock = clock;
    this.#passedMs = new Array(perSecond).fill(-Infinity);
  }

  /** How many calls were skipped since one was let through, if this one is; `undefined` if it is to be skipped. */
  passes(): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#passedMs[this.#next] as number) < SECOND_MS) {
      this.#skipped++;
      return undefined;
    }
    this.#passedMs[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#passedMs.length;
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }
}
