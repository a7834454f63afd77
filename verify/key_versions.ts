import type { Clock } from "./clock.ts";
import { RecentKeys } from "./recent_keys.ts";

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
  readonly #unhashed = new RecentKeys();
  #writes = 0;
  #settled = 0;
  #lastMark = 0;
  #marking = false;
  /** Whether every key is to be marked: so it has to be while a difference that was seen waits for its re-check. */
  tracksEveryKey = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Marks the key with this hash as written now.
   *
   * @param sampled Whether the key is one of those that are compared; the others are marked only as long as
   * {@link tracksEveryKey}, since a mark is a miss of the cache.
   * @returns Its version before, if it was marked.
   */
  written(hash: number, sampled: boolean): number {
    if (!sampled && !this.tracksEveryKey) return ++this.#writes;
    const stripe = hash & (STRIPES - 1);
    const before = this.#versions[stripe] as number;
    this.#versions[stripe] = ++this.#writes;
    if (!this.#marking) this.#mark();
    return before;
  }

  /** Marks `key` as written now, without its hash; not while {@link tracksEveryKey}. */
  writtenUnhashed(key: unknown): void {
    this.#writes++;
    this.#unhashed.add(key);
    if (!this.#marking) this.#mark();
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

  /** Whether the write that made `version` of `key`, and any since, has had its time to settle. */
  isSettled(version: number, key: unknown): boolean {
    return version <= this.#settled && !this.#unhashed.mayHave(key);
  }

  #mark(): void {
    this.#marking = true;
    this.#clock.schedule(() => {
      this.#settled = this.#lastMark;
      this.#lastMark = this.#writes;
      this.#unhashed.mark();
      if (this.#settled === this.#writes) this.#marking = false;
      else this.#mark();
    }, SETTLE_MS);
  }
}
