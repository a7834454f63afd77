import type { Awaitable } from "../async_concurrent_map.ts";
import { StoreError } from "../store_error.ts";
import type { StoreFailure } from "./async_store.ts";
import { type Deadlines, Limited } from "./deadlines.ts";

/** What a call is about. */
export interface CallSubject {
  /** The method that was called. */
  readonly operation: string;
  /** The key, if the call is about a single one. */
  readonly key?: unknown;
}

/** What the calls of one map have in common. */
export interface CallContext {
  /** The name of the map. */
  readonly name: string;
  /** Lets a call expire, once it is started there, or at each step of a long call. */
  readonly deadlines: Deadlines;
  /** What is known of a command that failed with an error; `undefined` if the error reaches the caller as it is. */
  failureOf(error: unknown): StoreFailure | undefined;
}

/** What the steps of a call do: they send a `read` or a `write` to the store, or `wait` for something else. */
type StepKind = "read" | "write" | "wait";

/**
 * One call of a method, from its beginning to its answer. It takes steps, one at a time, and each of them ends when the
 * call ends: because its time is up, or its signal is aborted. It knows what has become of its writes by then.
 */
export class StoreCall extends Limited {
  readonly #context: CallContext;
  readonly #subject: CallSubject;
  /** Whether each step has the time limit for itself. */
  readonly #isLong: boolean;
  /** The error of the call, once it has ended. */
  #ended: StoreError | undefined;
  #rejectStep: ((error: unknown) => void) | undefined;
  #writing: Promise<unknown> | undefined;
  #hasWritten = false;
  #signal: AbortSignal | undefined;
  #abort: (() => void) | undefined;

  /**
   * @param context What it has in common with the other calls of the map.
   * @param subject What the call is about.
   * @param isLong Whether each step has the time limit for itself.
   */
  constructor(context: CallContext, subject: CallSubject, isLong: boolean) {
    super();
    this.#context = context;
    this.#subject = subject;
    this.#isLong = isLong;
  }

  /** The write that was sent and of which nothing is known yet. */
  get writing(): Promise<unknown> | undefined {
    return this.#writing;
  }

  /** Ends the call because its time is up. */
  override expire(): void {
    this.#end(`no answer within ${this.#context.deadlines.timeoutMs} ms`);
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
    this.#context.deadlines.stop(this);
    if (this.#abort !== undefined) this.#signal?.removeEventListener("abort", this.#abort);
  }

  /** Sends a read and waits for its answer. */
  read<T>(command: () => Awaitable<T>): Promise<T> {
    return this.#promised("read", command);
  }

  /** Sends a write and waits for its answer: `false` if it was not applied. */
  write<T>(command: () => Awaitable<T>): Promise<T> {
    return this.#promised("write", command);
  }

  /** Waits for something else than the store. What it throws is the error of the call. */
  wait<T>(begin: () => Awaitable<T>): Promise<T> {
    return this.#promised("wait", begin);
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

  /**
   * Takes a step, and calls `resolve` with its answer, which must not throw, or `reject` with its error.
   *
   * @param begin Sends the command, or begins what is waited for.
   */
  step<T>(
    kind: StepKind,
    begin: () => Awaitable<T>,
    resolve: (answer: T) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#ended !== undefined) return reject(this.#ended);
    this.#rejectStep = reject;
    if (this.#isLong) this.#context.deadlines.restart(this);
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
  }

  #promised<T>(kind: StepKind, begin: () => Awaitable<T>): Promise<T> {
    return new Promise((resolve, reject) => this.step(kind, begin, resolve, reject));
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
    const failure = this.#context.failureOf(cause);
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
    return new StoreError(reason, { store: this.#context.name, ...this.#subject, outcome: known, retryable, cause });
  }
}

/** Stands for a write that is just being sent. */
const SENDING = Promise.resolve();
