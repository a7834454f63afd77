import type { Awaitable } from "../async_concurrent_map.ts";
import { StoreError } from "../store_error.ts";
import type { StoreFailure } from "./async_store.ts";
import type { Limited } from "./deadlines.ts";

/** What a call is about. */
export interface CallSubject {
  /** The method that was called. */
  readonly operation: string;
  /** The key, if the call is about a single one. */
  readonly key?: unknown;
}

/**
 * One call of a method, from the first command that it sends to its answer. It takes steps, one at a time, and each of them ends when
 * the call ends: because its time is up, or its signal is aborted. It knows what has become of its writes by then.
 */
export class StoreCall implements Limited {
  readonly #store: string;
  readonly #subject: CallSubject;
  readonly #failureOf: ((error: unknown) => StoreFailure | undefined) | undefined;
  readonly #timeoutMs: number;
  /** The error of the call, once it has ended. */
  #ended: StoreError | undefined;
  #rejectStep: (error: unknown) => void = () => {};
  /** Called at the beginning of each step. */
  onStep: () => void = () => {};
  #writing: Promise<unknown> | undefined;
  #hasWritten = false;

  /**
   * @param store The name of the map.
   * @param subject What the call is about.
   * @param timeoutMs The time limit, for the message.
   * @param failureOf What the store knows about its errors.
   */
  constructor(
    store: string,
    subject: CallSubject,
    timeoutMs: number,
    failureOf?: (error: unknown) => StoreFailure | undefined,
  ) {
    this.#store = store;
    this.#subject = subject;
    this.#timeoutMs = timeoutMs;
    this.#failureOf = failureOf;
  }

  /** The write that was sent and of which nothing is known yet. */
  get writing(): Promise<unknown> | undefined {
    return this.#writing;
  }

  /** Ends the call because its time is up. */
  expire(): void {
    this.#end(`no answer within ${this.#timeoutMs} ms`);
  }

  /** Ends the call because its signal is aborted. */
  abort(reason: unknown): void {
    this.#end("the call was aborted", reason);
  }

  /** Sends a read and waits for its answer. */
  read<T>(command: () => Awaitable<T>): Promise<T> {
    return this.#step(command, (error) => this.#failed(error, false));
  }

  /** Sends a write and waits for its answer: `false` if it was not applied. */
  write<T>(command: () => Awaitable<T>): Promise<T> {
    const send = () => {
      // The call may end before the command returns its promise.
      this.#writing = SENDING;
      this.#writing = Promise.resolve(command());
      return this.#writing as Promise<T>;
    };
    return this.#step(send, (error) => this.#failed(error, true), (answer) => {
      this.#writing = undefined;
      if (answer !== false) this.#hasWritten = true;
    });
  }

  /** Waits for something else than the store. What it throws is the error of the call. */
  wait<T>(begin: () => Awaitable<T>): Promise<T> {
    return this.#step(begin, (error) => error);
  }

  /** The error of a call that can't go on, although the store did not fail. */
  refused(reason: string): StoreError {
    return this.#error({ reason });
  }

  /** Waits for a write that belongs to several calls. Its error is the error of each. */
  share<T>(result: Promise<T>): Promise<T> {
    this.#writing = result;
    return this.wait(() => result);
  }

  #step<T>(
    begin: () => Awaitable<T>,
    failed: (error: unknown) => unknown,
    answered: (answer: T) => void = () => {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#rejectStep = reject;
      this.onStep();
      const fail = (error: unknown) => reject(failed(error));
      try {
        Promise.resolve(begin()).then((answer) => {
          answered(answer);
          resolve(answer);
        }, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  #end(reason: string, cause?: unknown): void {
    this.#ended ??= this.#error({ reason, outcome: this.#writing === undefined ? "not applied" : "unknown" }, cause);
    this.#rejectStep(this.#ended);
  }

  /** The error of the call if a command rejected with `cause`. */
  #failed(cause: unknown, isWrite: boolean): unknown {
    this.#writing = undefined;
    if (cause instanceof StoreError) {
      return this.#hasWritten ? this.#error({ reason: "a part of it failed" }, cause) : cause;
    }
    const failure = this.#failureOf === undefined ? UNKNOWN : this.#failureOf(cause);
    if (failure === undefined) return cause;
    // A read can always be tried again, unless the store refuses it for good.
    const isRetryable = failure.retryable || failure.outcome === "unknown";
    return this.#error(isWrite ? failure : { ...failure, outcome: "not applied", retryable: isRetryable }, cause);
  }

  #error(
    { reason, outcome, retryable = true }: Partial<StoreFailure> & { reason: string },
    cause?: unknown,
  ): StoreError {
    const known = this.#hasWritten ? "unknown" : outcome ?? "not applied";
    return new StoreError(reason, { store: this.#store, ...this.#subject, outcome: known, retryable, cause });
  }
}

/** Stands for a write that is just being sent. */
const SENDING = Promise.resolve();

/** What is known of a command whose store knows nothing about its errors. */
const UNKNOWN: StoreFailure = { outcome: "unknown", retryable: false, reason: "the store failed" };
