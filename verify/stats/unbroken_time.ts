const MINUTE_MS = 60_000;

/**
 * Knows since when comparisons have gone on without a break. A minute of the clock without a comparison is a break. It is told
 * the total from time to time; nobody has to look at the right moment, since the total does not change in a minute in which it
 * is not told anything. O(1).
 *
 * A diff is no break: it stays in the counts of the episode, where it makes the gate ask for more key visits.
 */
export class UnbrokenTime {
  #sinceMs: number;
  #minute: number;
  #hasCompared = false;
  #compared: number;

  /**
   * Begins to count.
   *
   * @param nowMs The time, in milliseconds since the Unix epoch.
   * @param compared How many comparisons there have been in all.
   */
  constructor(nowMs: number, compared: number) {
    this.#sinceMs = nowMs;
    this.#minute = Math.floor(nowMs / MINUTE_MS);
    this.#compared = compared;
  }

  /** Takes the total as of `nowMs`. */
  advance(nowMs: number, compared: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      const isNext = minute === this.#minute + 1;
      if (!isNext || !this.#hasCompared) this.break(minute * MINUTE_MS);
      this.#minute = minute;
      this.#hasCompared = false;
    }
    if (compared > this.#compared) this.#hasCompared = true;
    this.#compared = compared;
  }

  /** Begins to count anew at `atMs`, if it has not done so later. */
  break(atMs: number): void {
    this.#sinceMs = Math.max(this.#sinceMs, atMs);
  }

  /** For how many milliseconds there has been no break. */
  ms(nowMs: number): number {
    return Math.max(0, nowMs - this.#sinceMs);
  }
}
