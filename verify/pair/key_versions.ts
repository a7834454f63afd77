import type { Clock } from "../../src/clock.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";

/** The number of versions kept; keys that share one make each other look written, which errs on the safe side. */
const STRIPES = 2 ** 15;

/** How long a difference has to last, with no write to the key, before anything is claimed of it. */
export const SETTLE_MS = 50;

/**
 * When a key was last written: a number that grows with each write, kept for a stripe of keys.
 *
 * Two equal versions of a key mean that it was not written between the two looks. A write is called settled when at
 * least {@link SETTLE_MS} have passed since; a timer marks the time by the number that the writes had reached, so that no
 * write reads the clock. The timer runs only while there are writes.
 */
export class KeyVersions {
  readonly #clock: Clock;
  readonly #versions = new Float64Array(STRIPES);
  readonly #operations: OperationSampler;
  #writes = 0;
  #settled = 0;
  #lastMark = 0;
  /** How many unseen writes there had been when {@link #settled} and {@link #lastMark} were reached. */
  #unseenSettled = 0;
  #unseenLastMark = 0;
  #marking = false;
  #tracksEveryKey = false;

  /** @param operations Knows how many writes there were whose keys are not known. */
  constructor(clock: Clock, operations: OperationSampler) {
    this.#clock = clock;
    this.#operations = operations;
  }

  /** Marks every key from now on, as has to be while a difference that was seen waits for its re-check; or no longer. */
  trackEveryKey(every: boolean): void {
    this.#tracksEveryKey = every;
    this.#operations.trackSets(every);
  }

  /**
   * Marks the key with this hash as written now.
   *
   * @param sampled Whether the key is one of those that are compared; the others are marked only as long as
   * {@link trackEveryKey} is on, since a mark is a miss of the cache.
   * @returns Its version before, if it was marked.
   */
  written(hash: number, sampled: boolean): number {
    if (!sampled && !this.#tracksEveryKey) return ++this.#writes;
    const stripe = hash & (STRIPES - 1);
    const before = this.#versions[stripe] as number;
    this.#versions[stripe] = ++this.#writes;
    if (!this.#marking) this.#mark();
    return before;
  }

  /** Marks every key as written now. */
  allWritten(): void {
    this.#versions.fill(++this.#writes);
    if (!this.#marking) this.#mark();
  }

  /** The version of the key with this hash. */
  of(hash: number): number {
    return this.#versions[hash & (STRIPES - 1)] as number;
  }

  /** Whether the write that made `version`, and any unseen one, has had its time to settle. */
  isSettled(version: number): boolean {
    if (this.#operations.unseenSets === this.#unseenSettled) return version <= this.#settled;
    if (!this.#marking) this.#mark();
    return false;
  }

  #mark(): void {
    this.#marking = true;
    this.#clock.schedule(() => {
      this.#settled = this.#lastMark;
      this.#lastMark = this.#writes;
      this.#unseenSettled = this.#unseenLastMark;
      this.#unseenLastMark = this.#operations.unseenSets;
      if (this.#settled === this.#writes && this.#unseenSettled === this.#unseenLastMark) this.#marking = false;
      else this.#mark();
    }, SETTLE_MS);
  }
}
