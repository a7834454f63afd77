import type { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import { StoreError } from "../../src/store_error.ts";
import type { RunCallback } from "../mirror/key_write.ts";
import { StageError } from "../stages/stage_error.ts";

/** A call that may have to wait, for the error if its signal is aborted. */
export interface HeldCall {
  /** The method that was called. */
  readonly operation: string;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Counts the writes under way, and can hold new ones back until those have ended.
 *
 * A function of a caller's that a write under way has called may make a write, too, and the write under way waits for it. So while
 * such a function runs, no write is held back.
 */
export class WriteHold {
  readonly #patience: Deadlines;
  #underWay = 0;
  /** How many functions of callers are running, for writes under way. */
  #callbacks = 0;
  #idle: (() => void) | undefined;
  /** Resolves when writes are held no more. */
  #released: Promise<void> | undefined;

  /** @param patience How long to wait for what is under way at most. */
  constructor(patience: Deadlines) {
    this.#patience = patience;
  }

  /**
   * Makes a write, as soon as writes are not held.
   *
   * @param write Makes it. A function of the caller's is to be run by what it is given.
   * @throws {StoreError} If the signal of the call is aborted before.
   */
  async write<A>(call: HeldCall, write: (run: RunCallback) => Promise<A>): Promise<A> {
    while (this.#released !== undefined && this.#callbacks === 0) await unlessAborted(this.#released, call);
    this.#underWay++;
    let callbacks: number | undefined = 0;
    const count = (change: 1 | -1) => {
      if (callbacks === undefined) return;
      callbacks += change;
      this.#callbacks += change;
    };
    try {
      return await write(async (callback) => {
        count(1);
        try {
          return await callback();
        } finally {
          count(-1);
        }
      });
    } finally {
      this.#callbacks -= callbacks;
      callbacks = undefined;
      if (--this.#underWay === 0) this.#idle?.();
    }
  }

  /** Begins `work` as soon as writes are not held. Once it has begun, a hold does not wait for its end. */
  async begin<R>(work: () => Promise<R>): Promise<R> {
    while (this.#released !== undefined) await this.#released;
    return await work();
  }

  /**
   * Does `work` once the writes under way have ended, or have not ended in time: it is told which. New writes wait until it is done. To
   * be called by one at a time.
   *
   * @throws {StoreError} If the signal of the call is aborted before.
   */
  alone<R>(call: HeldCall, work: (isAlone: boolean) => R | Promise<R>): Promise<R> {
    return this.#holding(async () => {
      const isAlone = await unlessAborted(inTime(this.#ended(), this.#patience), call);
      return await work(isAlone);
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

/** Waits for `wait`, which must not reject, unless the signal of the call is aborted before. @throws {StoreError} If it is. */
async function unlessAborted<R>(wait: Promise<R>, { operation, signal }: HeldCall): Promise<R> {
  // Anything else is refused by the map that is called.
  if (!(signal instanceof AbortSignal)) return await wait;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    const details = { store: "AsyncTwinMap", operation, outcome: "not applied", retryable: true } as const;
    reject(new StoreError("the call was aborted", { ...details, cause: signal.reason }));
  };
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
