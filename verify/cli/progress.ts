import { count, percent, perSecond } from "./numbers.ts";
import type { TwinReport } from "../report/report.ts";

const REFRESH_MS = 200;

/** Shows the progress of a replay in one line of a terminal, which it rewrites until `end` is called. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #operations: () => number;
  readonly #report: () => TwinReport;
  readonly #startMs = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * @param write Writes to the terminal.
   * @param operations Returns the number of operations replayed so far.
   * @param report Returns the report of the twin.
   */
  constructor(write: (text: string) => void, operations: () => number, report: () => TwinReport) {
    this.#write = write;
    this.#operations = operations;
    this.#report = report;
    this.#timer = setInterval(() => this.show(), REFRESH_MS);
    this.show();
  }

  /** Rewrites the line. */
  show(): void {
    this.#write(`\r${this.#line()}\x1b[K`);
  }

  /** Erases the line. */
  end(): void {
    clearInterval(this.#timer);
    this.#write("\r\x1b[K");
  }

  #line(): string {
    const operations = this.#operations();
    const { diffRate, sweep } = this.#report();
    const diffs = `diff rate ${percent(diffRate)}`;
    if (operations > 0 && sweep.state === "running") {
      return `${count(operations)} operations, ${count(sweep.done)} of ${count(sweep.total)} entries swept, ${diffs}`;
    }
    const seconds = (performance.now() - this.#startMs) / 1_000;
    return `${count(operations)} operations, ${perSecond(operations, seconds)}, ${diffs}`;
  }
}
