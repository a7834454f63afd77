import type { Awaitable } from "../async_concurrent_map.ts";
import { StoreError } from "../store_error.ts";
import type { StoreFailure } from "./async_store.ts";
import type { Deadlines, Limited } from "./deadlines.ts";

/** What a call is about. */
export interface CallSubject {
  /** The method that was called. */
  readonly operation: string;
  /** The key, if the call is about a single one. */
  readonly key?: unknown;
}

/** What the steps of a call do: they send a `read` or a `write` to the store, or `wait` for something else. */
type StepKind = "read" | "write" | "wait";

/**
 * One call of a method, from its beginning to its answer. It takes steps, one at a time, and each of them ends when the call ends: because
 * its time is up, or its signal is aborted. It knows what has become of its writes by then.
 */
export class StoreCall implements Limited {
  readonly #store: string;
  readonly #subject: CallSubject;
  readonly #deadlines: Deadlines;
  readonly #failureOf: ((error: unknown) => StoreFailure | undefined) | undefined;
  /** The error of the call, once it has ended. */
  #ended: StoreError | undefined;
  #rejectStep: ((error: unknown) => void) | undefined;
  #writing: Promise<unknown> | undefined;
  #hasWritten = false;
  #signal: AbortSignal | undefined;
  #abort: (() => void) | undefined;
  /** Whether each step has the time limit for itself. */
  readonly #isLong: boolean;

  /**
   * @param store The name of the map.
   * @param subject What the call is about.
   * @param deadlines Lets the call expire, once it is started there, or at each step of a long call.
   * @param failureOf What the store knows about its errors.
   * @param isLong Whether each step has the time limit for itself.
   */
  constructor(
    store: string,
    subject: CallSubject,
    deadlines: Deadlines,
    failureOf: ((error: unknown) => StoreFailure | undefined) | undefined,
    isLong: boolean,
  ) {
    this.#store = store;
    this.#subject = subject;
    this.#deadlines = deadlines;
    this.#failureOf = failureOf;
    this.#isLong = isLong;
  }

  /** The write that was sent and of which nothing is known yet. */
  get writing(): Promise<unknown> | undefined {
    return this.#writing;
  }

  /** Ends the call because its time is up. */
  expire(): void {
    this.#end(`no answer within ${this.#deadlines.timeoutMs} ms`);
  }

  /** Ends the call when `signal` is aborted, or at once if it is. */
  listen(signal: AbortSignal): void {
    this.#signal = signal;
    this.#abort = () => this.#end("the call was aborted", signal.reason);
    if (signal.aborted) this.#abort();
    signal.addEventListener("abort", this.#abort);
  }

  /** To be called when the call has its answer. */
  close(): void {
    this.#deadlines.stop(this);
    if (this.#abort !== undefined) this.#signal?.removeEventListener("abort", this.#abort);
  }

  /** Sends a read and waits for its answer. */
  read<T>(command: () => Awaitable<T>): Promise<T> {
    return this.#step("read", command);
  }

  /** Sends a write and waits for its answer: `false` if it was not applied. */
  write<T>(command: () => Awaitable<T>): Promise<T> {
    return this.#step("write", command);
  }

  /** Waits for something else than the store. What it throws is the error of the call. */
  wait<T>(begin: () => Awaitable<T>): Promise<T> {
    return this.#step("wait", begin);
  }

  /** Waits for a write that belongs to several calls. Its error is the error of each. */
  share<T>(result: Promise<T>): Promise<T> {
    this.#writing = result;
    return this.wait(() => result);
  }

  /** The error of a call that can't go on, although the store did not fail. */
  refused(reason: string): StoreError {
    return this.#error({ reason });
  }

  #step<T>(kind: StepKind, begin: () => Awaitable<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      this.#rejectStep = reject;
      if (this.#isLong) this.#deadlines.restart(this);
      // The call may end before a command returns its promise.
      if (kind === "write") this.#writing = SENDING;
      let answer: Promise<T>;
      try {
        answer = Promise.resolve(begin());
      } catch (error) {
        return reject(this.#failed(kind, error));
      }
      if (kind === "write") this.#writing = answer;
      answer.then((value) => {
        if (kind === "write") this.#answered(value);
        resolve(value);
      }, (error) => reject(this.#failed(kind, error)));
    });
  }

  #answered(answer: unknown): void {
    this.#writing = undefined;
    if (answer !== false) this.#hasWritten = true;
  }

  #end(reason: string, cause?: unknown): void {
    this.#ended ??= this.#error({ reason, outcome: this.#writing === undefined ? "not applied" : "unknown" }, cause);
    this.#rejectStep?.(this.#ended);
  }

  /** The error of the call if a step failed with `cause`. */
  #failed(kind: StepKind, cause: unknown): unknown {
    if (kind === "wait") return cause;
    this.#writing = undefined;
    if (cause instanceof StoreError) {
      return this.#hasWritten ? this.#error({ reason: "a part of it failed" }, cause) : cause;
    }
    const failure = this.#failureOf === undefined ? UNKNOWN : this.#failureOf(cause);
    if (failure === undefined) return cause;
    // A read can always be tried again, unless the store refuses it for good.
    const isRetryable = failure.retryable || failure.outcome === "unknown";
    return this.#error(
      kind === "write" ? failure : { ...failure, outcome: "not applied", retryable: isRetryable },
      cause,
    );
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
