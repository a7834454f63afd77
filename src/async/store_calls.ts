import type { Awaitable, CallOptions } from "../async_concurrent_map.ts";
import { type Clock, systemClock } from "../clock.ts";
import {
  checkOption,
  checkOptionNames,
  checkOptions,
  numberAbove,
  type Rule,
  type Rules,
  withMethods,
} from "../options.ts";
import { type AsyncStore, identityOf, type StoreFailure } from "./async_store.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallContext, type CallSubject, StoreCall } from "./store_call.ts";

/** Options for a map over a store. */
export interface AsyncMapOptions {
  /**
   * How long a call waits for the store, in milliseconds: with the time that it waits for its turn and that `compute`
   * and `fn` take. A walk over many entries may take so long for each of its steps.
   * @default {5_000}
   */
  readonly timeoutMs?: number;
  /**
   * The time by which calls end.
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** The rules of {@link AsyncMapOptions}, for maps that have more. */
export const ASYNC_MAP_RULES: Rules<AsyncMapOptions> = {
  timeoutMs: numberAbove(0, 2 ** 31 - 1),
  clock: withMethods("now", "monotonicMs", "schedule"),
};

/** The defaults of {@link AsyncMapOptions}. */
export const ASYNC_MAP_DEFAULTS: Required<AsyncMapOptions> = { timeoutMs: 5_000, clock: systemClock };

const SIGNAL: Rule = { must: "be an AbortSignal", isOfType: (value) => value instanceof AbortSignal };

const CALL_OPTIONS: readonly string[] = ["signal"];
const SET_OPTIONS: readonly string[] = ["signal", "ttlMs"];

/** What is known of a command whose store knows nothing about its errors. */
const UNKNOWN: StoreFailure = { outcome: "unknown", retryable: false, reason: "the store failed" };

/** The result of a call that is the answer of its command. */
export function asItIs<T>(answer: T): T {
  return answer;
}

/** What the time limit is for: the whole call, each of its steps, or nothing. */
type Limit = "call" | "step" | "none";

/** Makes the calls of one map, and ends each of them in time, or when its signal is aborted. */
export class StoreCalls implements CallContext {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly #nameOf: () => string;
  readonly #store: AsyncStore<unknown, unknown>;

  /**
   * @param nameOf Returns the name of the map.
   * @param options See {@link AsyncMapOptions}.
   * @param store The store, which is asked about keys and errors.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(
    nameOf: () => string,
    options: AsyncMapOptions | undefined,
    store: AsyncStore<unknown, unknown>,
  ) {
    const { timeoutMs, clock } = checkOptions(`create ${nameOf()}`, options, ASYNC_MAP_RULES, ASYNC_MAP_DEFAULTS);
    this.timeoutMs = timeoutMs;
    this.clock = clock;
    this.deadlines = new Deadlines(clock, timeoutMs);
    this.#nameOf = nameOf;
    this.#store = store;
  }

  get name(): string {
    return this.#nameOf();
  }

  failureOf(error: unknown): StoreFailure | undefined {
    return this.#store.failureOf === undefined ? UNKNOWN : this.#store.failureOf(error);
  }

  /**
   * Runs a call of one step.
   *
   * @param use Makes the result of what `command` resolves to. It must not throw.
   * @returns The result. It rejects if the store does not take the key, the command fails, or it is not done when the call ends.
   */
  once<T, R>(
    kind: "read" | "write",
    subject: CallSubject,
    options: CallOptions | undefined,
    command: () => Awaitable<T>,
    use: (answer: T) => R,
  ): Promise<R> {
    // One promise for the call and its step: over a fast store, promises are what a call costs.
    return new Promise((resolve, reject) => {
      if ("key" in subject) identityOf(this.#store, subject.key);
      const call = this.#begin(subject, options, "call");
      call.step(kind, command, (answer) => {
        call.close();
        resolve(use(answer));
      }, (error) => {
        call.close();
        reject(error);
      });
    });
  }

  /**
   * Runs a call in the steps of `body`, all within the time limit.
   *
   * @returns What `body` resolves to. A step that fails, or is not done when the call ends, rejects.
   */
  run<T>(subject: CallSubject, options: CallOptions | undefined, body: (call: StoreCall) => Promise<T>): Promise<T> {
    return this.#run(subject, options, "call", body);
  }

  /** Runs a call over many keys. Each of its steps has the time limit for itself. */
  runLong<T>(
    subject: CallSubject,
    options: CallOptions | undefined,
    body: (call: StoreCall) => Promise<T>,
  ): Promise<T> {
    return this.#run(subject, options, "step", body);
  }

  /**
   * Waits for a write that others wait for, too, and that has a time limit of its own. A signal ends the wait alone.
   */
  share<T>(subject: CallSubject, options: CallOptions | undefined, result: Promise<T>): Promise<T> {
    return this.#run(subject, options, "none", (call) => call.share(result));
  }

  /** Resolves after some milliseconds. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.schedule(resolve, ms, { unref: true }));
  }

  async #run<T>(
    subject: CallSubject,
    options: CallOptions | undefined,
    limit: Limit,
    body: (call: StoreCall) => Promise<T>,
  ): Promise<T> {
    const call = this.#begin(subject, options, limit);
    try {
      return await body(call);
    } finally {
      call.close();
    }
  }

  #begin(subject: CallSubject, options: CallOptions | undefined, limit: Limit): StoreCall {
    const signal = options?.signal;
    if (options !== undefined) {
      const { operation } = subject;
      const known = operation === "set" || operation === "setMany" ? SET_OPTIONS : CALL_OPTIONS;
      checkOptionNames(`call ${operation}()`, options, known);
    }
    if (signal !== undefined) checkOption("call a map", "signal", signal, SIGNAL);
    const call = new StoreCall(this, subject, limit === "step");
    if (signal !== undefined) call.listen(signal);
    if (limit === "call") this.deadlines.start(call);
    return call;
  }
}
