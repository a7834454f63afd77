import type { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import { StageError } from "../stages/stage_error.ts";

/** Counts the writes under way, and can hold new ones back until those have ended. */
export class WriteHold {
  readonly #patience: Deadlines;
  #underWay = 0;
  #idle: (() => void) | undefined;
  /** Resolves when writes are held no more. */
  #released: Promise<void> | undefined;

  /** @param patience How long {@link during} waits for what is under way at most. */
  constructor(patience: Deadlines) {
    this.#patience = patience;
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

  /** Begins `work` as soon as writes are not held. Once it has begun, a hold does not wait for its end. */
  async begin<R>(work: () => Promise<R>): Promise<R> {
    while (this.#released !== undefined) await this.#released;
    return await work();
  }

  /** Does `work` once the writes under way have ended. New writes wait until it is done. To be called by one at a time. */
  alone<R>(work: () => R | Promise<R>): Promise<R> {
    return this.#holding(async () => {
      await this.#ended();
      return await work();
    });
  }

  /**
   * Does `work` once the writes under way have ended, if they end in time. New writes wait until it is done. To be called by one at a
   * time.
   *
   * @param alsoEnded Resolves when everything else has ended that writes left to be done.
   * @throws {StageError} If what is under way does not end in time.
   */
  during<R>(action: string, alsoEnded: () => Promise<void>, work: () => R | Promise<R>): Promise<R> {
    return this.#holding(async () => {
      const ended = this.#ended().then(alsoEnded);
      if (!await inTime(ended, this.#patience)) {
        throw new StageError(action, "writes are still under way", ["the end of the writes that are under way"]);
      }
      return await work();
    });
  }

  async #holding<R>(work: () => Promise<R>): Promise<R> {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    this.#released = promise;
    try {
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
