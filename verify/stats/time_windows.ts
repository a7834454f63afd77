import type { ReportedWindow } from "../report/report.ts";

/** What a window counts. */
export type WindowCount = "reads" | "writes" | "compared" | "diffs";

const COUNTS: readonly WindowCount[] = ["reads", "writes", "compared", "diffs"];

/**
 * Counts over the last windows of time, aligned to the clock, in a ring of fixed size.
 *
 * A window is found by its number, `floor(nowMs / widthMs)`, modulo the ring's length; a place in the ring remembers whose
 * it is, so that an old window is not taken for a new one.
 */
export class TimeWindows {
  readonly #widthMs: number;
  readonly #windows: number;
  readonly #owners: Float64Array;
  readonly #counts: Record<WindowCount, Float64Array>;

  /**
   * @param widthMs How long a window is, in milliseconds.
   * @param windows How many windows are kept.
   */
  constructor(widthMs: number, windows: number) {
    this.#widthMs = widthMs;
    this.#windows = windows;
    this.#owners = new Float64Array(windows).fill(-1);
    const counts = () => new Float64Array(windows);
    this.#counts = { reads: counts(), writes: counts(), compared: counts(), diffs: counts() };
  }

  /** Adds `amount` to the window in which `nowMs` lies. */
  add(count: WindowCount, amount: number, nowMs: number): void {
    const number = Math.floor(nowMs / this.#widthMs);
    const place = number % this.#windows;
    if (this.#owners[place] !== number) {
      this.#owners[place] = number;
      for (const name of COUNTS) this.#counts[name][place] = 0;
    }
    this.#counts[count][place] = (this.#counts[count][place] as number) + amount;
  }

  /** The last windows up to that of `nowMs`, the oldest first; windows in which nothing happened are zero. */
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
