import type { Clock } from "../../src/clock.ts";

/** Into how many spans the time that is looked back at is divided. */
const SPANS = 60;

/** The calls of a while. */
interface Span {
  calls: number;
  /** When it ended, by the monotonic clock. */
  endedAtMs: number;
}

/** Counts the calls of the last while. A call is forgotten when that time has passed, or up to a 60th of it later. */
export class RecentCalls {
  readonly #clock: Clock;
  readonly #lastMs: number;
  readonly #spans: Span[] = [];
  #present: Span | undefined;

  /** @param lastMs How far to look back, in milliseconds. */
  constructor(clock: Clock, lastMs: number) {
    this.#clock = clock;
    this.#lastMs = lastMs;
  }

  /** How many there were. */
  get count(): number {
    this.#forget();
    return this.#spans.reduce((sum, { calls }) => sum + calls, this.#present?.calls ?? 0);
  }

  /** Counts a call. The clock is not read: that takes longer than many a call. */
  add(): void {
    if (this.#present === undefined) this.#begin();
    else this.#present.calls++;
  }

  #begin(): void {
    const span = this.#present = { calls: 1, endedAtMs: 0 };
    const end = () => {
      this.#present = undefined;
      span.endedAtMs = this.#clock.monotonicMs();
      this.#forget();
      this.#spans.push(span);
    };
    this.#clock.schedule(end, this.#lastMs / SPANS, { unref: true });
  }

  #forget(): void {
    const sinceMs = this.#clock.monotonicMs() - this.#lastMs;
    const firstKept = this.#spans.findIndex(({ endedAtMs }) => endedAtMs > sinceMs);
    this.#spans.splice(0, firstKept < 0 ? this.#spans.length : firstKept);
  }
}
