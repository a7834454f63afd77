const MINUTE_MS = 60_000;

/**
 * Knows since when comparisons have gone on without a break. A minute of the clock without a comparison is a break, and so is
 * a minute with a confirmed diff. It is told the totals from time to time; nobody has to look at the right moment, since the
 * totals do not change in a minute in which it is not told anything. O(1).
 */
export class UnbrokenTime {
  #sinceMs: number;
  #minute: number;
  #hasCompared = false;
  #compared: number;
  #diffs: number;

  /**
   * Begins to count.
   *
   * @param nowMs The time, in milliseconds since the Unix epoch.
   * @param compared How many comparisons there have been in all.
   * @param diffs How many of them were diffs.
   */
  constructor(nowMs: number, compared: number, diffs: number) {
    this.#sinceMs = nowMs;
    this.#minute = Math.floor(nowMs / MINUTE_MS);
    this.#compared = compared;
    this.#diffs = diffs;
  }

  /** Takes the totals as of `nowMs`. */
  advance(nowMs: number, compared: number, diffs: number): void {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      const isNext = minute === this.#minute + 1;
      if (!isNext || !this.#hasCompared) this.#breakUntil(minute * MINUTE_MS);
      this.#minute = minute;
      this.#hasCompared = false;
    }
    if (compared > this.#compared) this.#hasCompared = true;
    if (diffs > this.#diffs) this.#breakUntil((minute + 1) * MINUTE_MS);
    this.#compared = compared;
    this.#diffs = diffs;
  }

  /** Something else than a diff breaks it at `nowMs`. */
  break(nowMs: number): void {
    this.#breakUntil(nowMs);
  }

  /** For how many milliseconds there has been no break. */
  ms(nowMs: number): number {
    return Math.max(0, nowMs - this.#sinceMs);
  }

  #breakUntil(endMs: number): void {
    this.#sinceMs = Math.max(this.#sinceMs, endMs);
  }
}
