/** No date is further from 1970, in milliseconds. */
const MAX_MS = 8.64e15;

/**
 * Reads a clock of the owner's. While that throws, or gives no usable number, time goes on from the last good reading, at the
 * pace of the platform's clock.
 */
export class SteadyReading {
  readonly #read: () => number;
  readonly #readPlatform: () => number;
  readonly #failed: () => void;
  #lastMs: number | undefined;
  /** By how much the clock was ahead of the platform's when it failed; `undefined` while it works. */
  #aheadMs: number | undefined;

  /** @param failed Called at each reading that fails. */
  constructor(read: () => number, readPlatform: () => number, failed: () => void) {
    this.#read = read;
    this.#readPlatform = readPlatform;
    this.#failed = failed;
  }

  /** The time, in milliseconds. */
  ms(): number {
    try {
      const ms: unknown = this.#read();
      if (typeof ms === "number" && Math.abs(ms) <= MAX_MS) {
        this.#aheadMs = undefined;
        return this.#lastMs = ms;
      }
    } catch {
      // The clock fails.
    }
    this.#failed();
    const platformMs = this.#readPlatform();
    this.#aheadMs ??= (this.#lastMs ?? platformMs) - platformMs;
    return platformMs + this.#aheadMs;
  }
}
