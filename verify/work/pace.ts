import type { Clock } from "../../src/clock.ts";

/** How many keys the first step takes, and by how many the number grows. */
const KEYS = 16;

/** How many keys are in flight at most. */
const MAX_KEYS = 1_024;

/** One step in so many takes a single key, to learn how long the stores take by themselves. */
const ALONE_EVERY = 16;

/** By how many milliseconds a step may take longer than one with a single key. */
const MAX_ADDED_MS = 20;

/**
 * How fast a walk over all keys goes: how many keys are in flight, and how many are taken a second.
 *
 * A command of a caller may have to wait behind all keys that are in flight. So their number is doubled, and later raised by
 * 16 a step, while a step takes at most 20 ms longer than one with a single key; a step that takes longer halves it. Stores that
 * grow slow under the load of others get fewer keys at a time, down to one.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #keysPerSecond: number;
  #keys = KEYS;
  #steps = 0;
  /** Whether the next step takes a single key, and how long the last one that did so took. */
  #isAlone = false;
  #aloneMs = Infinity;
  #doubles = true;
  #dueAtMs = 0;

  /** @param keysPerSecond How many keys are taken a second at most; `Infinity` for no limit. */
  constructor(clock: Clock, keysPerSecond: number) {
    this.#clock = clock;
    this.#keysPerSecond = keysPerSecond;
  }

  /** In how many milliseconds the next keys may be taken. */
  get waitMs(): number {
    if (this.#keysPerSecond === Infinity) return 0;
    return Math.max(0, this.#dueAtMs - this.#clock.monotonicMs());
  }

  /** How many keys the next step may take; a tenth of a second's keys at most. */
  next(max: number): number {
    return this.#isAlone ? 1 : Math.max(1, Math.min(this.#keys, max, Math.floor(this.#keysPerSecond / 10)));
  }

  /** So many keys were taken. */
  took(keys: number): void {
    if (this.#keysPerSecond === Infinity) return;
    this.#dueAtMs = Math.max(this.#dueAtMs, this.#clock.monotonicMs()) + keys * 1_000 / this.#keysPerSecond;
  }

  /** A step has ended that had to wait for the stores, for so many milliseconds. */
  stepTook(ms: number): void {
    if (this.#isAlone) this.#aloneMs = ms;
    else if (ms > this.#aloneMs + MAX_ADDED_MS) {
      this.#keys = Math.max(1, this.#keys >> 1);
      this.#doubles = false;
    } else this.#keys = Math.min(MAX_KEYS, this.#doubles ? this.#keys * 2 : this.#keys + KEYS);
    this.#isAlone = this.#steps++ % ALONE_EVERY === 0;
  }
}
