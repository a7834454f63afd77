import { setImmediate } from "node:timers";
import type { Clock } from "@twinmap/twinmap";

const HOUR_MS = 3_600_000;

/** A clock that stands still until it is told to go on; it belongs to the test. */
export class ManualClock implements Clock {
  readonly #readMs: number;
  #nowMs = Date.UTC(2026, 0, 1);
  #tasks: { task: () => void; atMs: number }[] = [];

  /** @param readMs How long each look at it takes, so that slices come to their end. */
  constructor(readMs = 0) {
    this.#readMs = readMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs += this.#readMs;
  }

  /** How many tasks wait for their time. */
  get scheduled(): number {
    return this.#tasks.length;
  }

  schedule(task: () => void, delayMs: number): void {
    this.#tasks.push({ task, atMs: this.#nowMs + delayMs });
  }

  /** Runs what is scheduled within the next `ms` milliseconds, in the order of its time. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const due = this.#tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#tasks.splice(this.#tasks.indexOf(due), 1);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.task();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /**
   * Goes on until `promise` has come to its end.
   *
   * @throws {Error} If it has not within an hour on this clock.
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => ended = true;
    promise.then(end, end);
    const latestMs = this.#nowMs + HOUR_MS;
    while (!ended) {
      if (this.#nowMs > latestMs) {
        throw new Error("Cannot go on: the promise has not ended within an hour on this clock");
      }
      await this.advance(10);
    }
    return await promise;
  }
}
