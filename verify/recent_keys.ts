import { sameValueZero } from "../src/same_value_zero.ts";

/** The number of keys kept. */
const CAPACITY = 2 ** 16;

/**
 * The keys written lately whose hashes nobody took: a ring of fixed size. To add one costs next to nothing, to look for one
 * takes all of them, which is for the rare case that something differs.
 */
export class RecentKeys {
  #ring: unknown[] = [];
  /** How many were ever added. */
  #added = 0;
  /** How many had been added at the last mark but one, and at the last mark. */
  #beginning = 0;
  #lastMark = 0;

  /** Adds a key. O(1). */
  add(key: unknown): void {
    this.#ring[this.#added++ & (CAPACITY - 1)] = key;
  }

  /** Forgets what was added before the last call. */
  mark(): void {
    this.#beginning = this.#lastMark;
    this.#lastMark = this.#added;
    if (this.#beginning === this.#added) {
      this.#ring = [];
      this.#added = this.#beginning = this.#lastMark = 0;
    }
  }

  /** Whether `key` was added and is not forgotten; `true` as well if there were too many to tell. O({@link CAPACITY}). */
  mayHave(key: unknown): boolean {
    if (this.#added - this.#beginning > CAPACITY) return true;
    for (let at = this.#beginning; at < this.#added; at++) {
      if (sameValueZero(this.#ring[at & (CAPACITY - 1)], key)) return true;
    }
    return false;
  }
}
