/**
 * Knows when the last comparison ended. It is told the totals from time to time: one that was counted meanwhile is taken to
 * have ended when it was told before, so that none is ever taken for more recent than it is. Once the clock is set back,
 * nothing is known until another comparison ends. O(1).
 */
export class LastComparison {
  #toldMs: number;
  #compared: number;
  #endedMs = -Infinity;

  /**
   * @param nowMs The time, in milliseconds since the Unix epoch.
   * @param compared How many comparisons there have been in all.
   */
  constructor(nowMs: number, compared: number) {
    this.#toldMs = nowMs;
    this.#compared = compared;
  }

  /** Takes the total as of `nowMs`. */
  advance(nowMs: number, compared: number): void {
    if (nowMs < this.#toldMs) this.#endedMs = -Infinity;
    else if (compared > this.#compared) this.#endedMs = this.#toldMs;
    this.#toldMs = nowMs;
    this.#compared = compared;
  }

  /** How many milliseconds ago it ended, at most: infinite if none is known to have ended. */
  agoMs(nowMs: number): number {
    return nowMs < this.#toldMs ? Infinity : nowMs - this.#endedMs;
  }
}
