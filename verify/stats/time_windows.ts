/** What was counted in one window: from `startMs` on, for as long as the windows of its list are wide. */
export interface ReportedWindow {
  /** When the window begins, in milliseconds since the Unix epoch: a multiple of its width. */
  startMs: number;
  /** Reads by callers. */
  reads: number;
  /** Writes by callers. */
  writes: number;
  /** Comparisons made. */
  compared: number;
  /** Comparisons that ended in a diff. */
  diffs: number;
}

/** What is counted in a window. */
export type WindowCount = "reads" | "writes" | "compared" | "diffs";

const COUNTS: readonly WindowCount[] = ["reads", "writes", "compared", "diffs"];

/**
 * Counts for the last windows of time, aligned to the clock, in a ring of fixed size.
 *
 * A window has the number `floor(nowMs / widthMs)` and its place in the ring is that number modulo the ring's length. Each
 * place remembers the number of its window, so that the counts of an old window are never shown for a new one.
 */
export class TimeWindows {
  readonly #widthMs: number;
  readonly #windows: number;
  readonly #owners: Float64Array;
  readonly #counts: Record<WindowCount, Float64Array>;

  /**
   * @param widthMs The width of a window, in milliseconds.
   * @param windows How many windows are kept.
   */
  constructor(widthMs: number, windows: number) {
    this.#widthMs = widthMs;
    this.#windows = windows;
    this.#owners = new Float64Array(windows).fill(-1);
    const counts = () => new Float64Array(windows);
    this.#counts = { reads: counts(), writes: counts(), compared: counts(), diffs: counts() };
  }

  /** Adds `amount` to the window that contains `nowMs`. */
  add(count: WindowCount, amount: number, nowMs: number): void {
    const number = Math.floor(nowMs / this.#widthMs);
    const place = number % this.#windows;
    if (this.#owners[place] !== number) {
      this.#owners[place] = number;
      for (const name of COUNTS) this.#counts[name][place] = 0;
    }
    this.#counts[count][place] = (this.#counts[count][place] as number) + amount;
  }

  /** The last windows up to the one that contains `nowMs`, the oldest first; zeros where nothing happened. */
  list(nowMs: number): ReportedWindow[] {
    const last = Math.floor(nowMs / this.#widthMs);
    return Array.from({ length: this.#windows }, (_, index) => {
      const number = last - this.#windows + 1 + index;
      const place = number % this.#windows;
      const read = (name: WindowCount) => this.#owners[place] === number ? this.#counts[name][place] as number : 0;
      return {
        startMs: number * this.#widthMs,
        reads: read("reads"),
        writes: read("writes"),
        compared: read("compared"),
        diffs: read("diffs"),
      };
    });
  }
}
