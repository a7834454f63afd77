import type { Clock } from "../../src/clock.ts";
import { StageError } from "../stages/stage_error.ts";
import { inTime } from "../work/in_time.ts";

/** Counts the writes under way, and can hold new ones back until those have ended. */
export class WriteHold {
  readonly #clock: Clock;
  /** How long those who hold wait at most for what is under way, in milliseconds. */
  readonly #maxWaitMs: number;
  #underWay = 0;
  #idle: (() => void) | undefined;
  /** Resolves when writes are held no more. */
  #released: Promise<void> | undefined;

  constructor(clock: Clock, maxWaitMs: number) {
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Makes a write, as soon as writes are not held. */
  async write<A>(write: () => Promise<A>): Promise<A> {
    while (this.#released !== undefined) await this.#released;
    this.#underWay++;
    try {
      return await write();
    } finally {
      if (--this.#underWay === 0) this.#idle?.();
    }
  }

  /**
   * Does `work` while no write is under way. New writes wait until it is done. To be called by one at a time.
   *
   * @param alsoEnded Resolves when everything else has ended that writes left to be done.
   * @throws {StageError} If what is under way does not end in time.
   */
  async during<R>(action: string, alsoEnded: () => Promise<void>, work: () => R | Promise<R>): Promise<R> {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    this.#released = promise;
    try {
      const ended = this.#ended().then(alsoEnded);
      if (!await inTime(ended, this.#clock, this.#maxWaitMs)) {
        throw new StageError(action, "writes are still under way", ["the end of the writes that are under way"]);
      }
      return await work();
    } finally {
      this.#released = undefined;
      release();
    }
  }

  #ended(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle = resolve);
  }
}
