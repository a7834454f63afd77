import { count, percent } from "./numbers.ts";
import type { TwinReport } from "../report.ts";

const REFRESH_MS = 200;

/** Says how far a replay has got, in one line of a terminal that is written anew now and then. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #startMs = performance.now();
  #shownMs = -Infinity;

  /** @param write Writes to the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows how far it has got, if that was not just shown. */
  show(operations: number, report: () => TwinReport): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < REFRESH_MS) return;
    this.#shownMs = nowMs;
    const perSecond = operations / Math.max(nowMs - this.#startMs, 1) * 1_000;
    const rate = percent(report().diffRate);
    this.#write(`\r${count(operations)} operations, ${count(perSecond)}/s, diff rate ${rate}\x1b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shownMs > 0) this.#write("\r\x1b[K");
  }
}
