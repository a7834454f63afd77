import { type Clock, systemClock } from "../mod.ts";

/** The longest that a test waits for a promise, on the manual clock. */
const MAX_WAIT_MS = 60 * 60 * 1_000;

/**
 * A clock that moves only when the test moves it. It begins at 2026-01-01.
 *
 * @example
 * ```ts
 * import { LruMap } from "@twinmap/twinmap/lru";
 * import { ManualClock } from "@twinmap/twinmap/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new ManualClock();
 * const sessions = new LruMap<string, string>({ max: 100, ttlMs: 60_000, clock });
 * sessions.set("s1", "ann");
 * await clock.advance(60_001);
 * assertEquals(sessions.get("s1"), undefined);
 * ```
 */
export class ManualClock implements Clock {
  readonly #readMs: number;
  #nowMs = Date.UTC(2026, 0, 1);
  #tasks: { task: () => void; atMs: number }[] = [];

  /**
   * A clock at its beginning.
   *
   * @param readMs How far each reading moves the clock, so that slices end.
   */
  constructor(readMs = 0) {
    this.#readMs = readMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#nowMs;
  }

  /** Milliseconds, which each reading moves on by `readMs`. */
  monotonicMs(): number {
    return this.#nowMs += this.#readMs;
  }

  /** How many tasks are scheduled and have not run yet. */
  get scheduled(): number {
    return this.#tasks.length;
  }

  /** Has `task` run when the clock is moved by `delayMs`. Returns a function that cancels it. */
  schedule(task: () => void, delayMs: number): () => void {
    const scheduled = { task, atMs: this.#nowMs + delayMs };
    this.#tasks.push(scheduled);
    return () => void (this.#tasks = this.#tasks.filter((other) => other !== scheduled));
  }

  /** Moves the clock by `ms` milliseconds and runs the tasks that fall due, in order. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await new Promise<void>((resolve) => void systemClock.schedule(resolve, 0));
      const due = this.#tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#tasks.splice(this.#tasks.indexOf(due), 1);
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      due.task();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  /**
   * Moves the clock until `promise` settles.
   *
   * @throws {Error} If it has not settled after an hour on this clock.
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let ended = false;
    const end = () => ended = true;
    promise.then(end, end);
    for (const startMs = this.#nowMs; !ended; await this.advance(10)) {
      if (this.#nowMs - startMs > MAX_WAIT_MS) {
        throw new Error("Cannot wait any longer: the promise has not settled after an hour on this clock");
      }
    }
    return await promise;
  }
}
