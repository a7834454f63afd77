import type { Clock } from "../../src/clock.ts";
import { isOutage } from "./write_failure.ts";

/** After so many failures in a row, or one that got no answer, the other side is taken to be away. */
const MAX_FAILURES = 5;

/** What a {@link Breaker} works with. */
export interface BreakerSetting {
  readonly clock: Clock;
  /** How long a caller waits for the other side at most: then that is taken to be away. */
  readonly mirrorTimeoutMs: number;
  /** Whether both sides are written. Where one is written alone, the other one is not away. */
  readonly mirrors: () => boolean;
  /** When the copy began that has been under way longest, by the monotonic clock; `undefined` if none is. */
  readonly runningSinceMs: () => number | undefined;
}

/** Knows whether the other side is away: then it is not asked, until a copy to it succeeds. */
export class Breaker {
  readonly #setting: BreakerSetting;
  #failuresInRow = 0;

  constructor(setting: BreakerSetting) {
    this.#setting = setting;
  }

  /** Whether the other side is away. */
  get isOpen(): boolean {
    const { clock, mirrorTimeoutMs, mirrors, runningSinceMs } = this.#setting;
    if (!mirrors()) this.#failuresInRow = 0;
    else if (clock.monotonicMs() - (runningSinceMs() ?? Infinity) > mirrorTimeoutMs) this.open();
    return this.#failuresInRow >= MAX_FAILURES;
  }

  /** A copy got no answer in time. */
  open(): void {
    this.#failuresInRow = MAX_FAILURES;
  }

  /** A copy failed. */
  failed(error: unknown): void {
    if (isOutage(error)) this.#failuresInRow++;
  }

  /** A copy was made. */
  succeeded(): void {
    this.#failuresInRow = 0;
  }
}
