import type { Awaitable, CallOptions } from "../async_concurrent_map.ts";
import { type Clock, systemClock } from "../clock.ts";
import { checkOption, checkOptions, numberAbove, type Rule, type Rules, withMethods } from "../options.ts";
import type { StoreFailure } from "./async_store.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallSubject, StoreCall } from "./store_call.ts";

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

/** Makes the calls of one map, and ends each of them in time, or when its signal is aborted. */
export class StoreCalls {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly #nameOf: () => string;
  readonly #failureOf: ((error: unknown) => StoreFailure | undefined) | undefined;
  readonly #deadlines: Deadlines;

  /**
   * @param nameOf Returns the name of the map.
   * @param options See {@link AsyncMapOptions}.
   * @param failureOf What the store knows about its errors.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If an option is out of its range.
   */
  constructor(
    nameOf: () => string,
    options: AsyncMapOptions | undefined,
    failureOf: ((error: unknown) => StoreFailure | undefined) | undefined,
  ) {
    const { timeoutMs, clock } = checkOptions(`create ${nameOf()}`, options, ASYNC_MAP_RULES, ASYNC_MAP_DEFAULTS);
    this.timeoutMs = timeoutMs;
    this.clock = clock;
    this.#nameOf = nameOf;
    this.#failureOf = failureOf;
    this.#deadlines = new Deadlines(clock, timeoutMs);
  }

  /**
   * Runs a call of one step.
   *
   * @returns What `command` resolves to. It rejects if the command fails, or is not done when the call ends.
   */
  once<T>(
    kind: "read" | "write",
    subject: CallSubject,
    options: CallOptions | undefined,
    command: () => Awaitable<T>,
  ): Promise<T> {
    const call = this.#begin(subject, options, false);
    this.#deadlines.start(call);
    const answer = kind === "read" ? call.read(command) : call.write(command);
    // Not by `run`: over a fast store, the promises on the way are what a call costs.
    const close = () => call.close();
    answer.then(close, close);
    return answer;
  }

  /**
   * Runs a call in the steps of `body`, all within the time limit.
   *
   * @returns What `body` resolves to. A step that fails, or is not done when the call ends, rejects.
   */
  run<T>(subject: CallSubject, options: CallOptions | undefined, body: (call: StoreCall) => Promise<T>): Promise<T> {
    const call = this.#begin(subject, options, false);
    this.#deadlines.start(call);
    return closed(call, body);
  }

  /** Runs a call over many keys. Each of its steps has the time limit for itself. */
  runLong<T>(
    subject: CallSubject,
    options: CallOptions | undefined,
    body: (call: StoreCall) => Promise<T>,
  ): Promise<T> {
    return closed(this.#begin(subject, options, true), body);
  }

  /**
   * Waits for a write that others wait for, too, and that has a time limit of its own. A signal ends the wait alone.
   */
  share<T>(subject: CallSubject, options: CallOptions | undefined, result: Promise<T>): Promise<T> {
    return closed(this.#begin(subject, options, false), (call) => call.share(result));
  }

  /** Resolves after some milliseconds. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.schedule(resolve, ms, { unref: true }));
  }

  #begin(subject: CallSubject, options: CallOptions | undefined, isLong: boolean): StoreCall {
    const signal = options?.signal;
    if (signal !== undefined) checkOption("call a map", "signal", signal, SIGNAL);
    const call = new StoreCall(this.#nameOf(), subject, this.#deadlines, this.#failureOf, isLong);
    if (signal !== undefined) call.listen(signal);
    return call;
  }
}

async function closed<T>(call: StoreCall, body: (call: StoreCall) => Promise<T>): Promise<T> {
  try {
    return await body(call);
  } finally {
    call.close();
  }
}
