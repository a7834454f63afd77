import type { CallOptions } from "../async_concurrent_map.ts";
import { type Clock, systemClock } from "../clock.ts";
import { checkOption, checkOptions, numberAbove, type Rule, type Rules, withMethods } from "../options.ts";
import type { StoreFailure } from "./async_store.ts";
import { Deadlines } from "./deadlines.ts";
import { type CallSubject, StoreCall } from "./store_call.ts";

/** Options for a map over a store. */
export interface AsyncMapOptions {
  /**
   * How long a call waits for the store, in milliseconds: with the time that it waits for its turn and that `compute` and `fn` take. A
   * walk over many entries may take so long for each of its steps.
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
    const defaults = { timeoutMs: 5_000, clock: systemClock };
    const { timeoutMs, clock } = checkOptions(`create ${nameOf()}`, options, ASYNC_MAP_RULES, defaults);
    this.timeoutMs = timeoutMs;
    this.clock = clock;
    this.#nameOf = nameOf;
    this.#failureOf = failureOf;
    this.#deadlines = new Deadlines(clock, timeoutMs);
  }

  /**
   * Runs a call in the steps of `body`, all within the time limit.
   *
   * @returns What `body` resolves to. A step that fails, or is not done when the call ends, rejects.
   */
  run<T>(subject: CallSubject, options: CallOptions | undefined, body: (call: StoreCall) => Promise<T>): Promise<T> {
    return this.#limited(this.#begin(subject), options, body);
  }

  /** Runs a call over many keys, as `run` does, but each of its steps has the time limit for itself. */
  runLong<T>(
    subject: CallSubject,
    options: CallOptions | undefined,
    body: (call: StoreCall) => Promise<T>,
  ): Promise<T> {
    const call = this.#begin(subject);
    call.onStep = () => this.#deadlines.restart(call);
    return this.#limited(call, options, body);
  }

  /**
   * Waits for a write that others wait for, too, and that has a time limit of its own. A signal ends the wait alone.
   */
  share<T>(subject: CallSubject, options: CallOptions | undefined, result: Promise<T>): Promise<T> {
    return untilAborted(this.#begin(subject), options, (call) => call.share(result));
  }

  /** Resolves after some milliseconds. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.schedule(resolve, ms, { unref: true }));
  }

  async #limited<T>(
    call: StoreCall,
    options: CallOptions | undefined,
    body: (call: StoreCall) => Promise<T>,
  ): Promise<T> {
    this.#deadlines.start(call);
    try {
      return await untilAborted(call, options, body);
    } finally {
      this.#deadlines.stop(call);
    }
  }

  #begin(subject: CallSubject): StoreCall {
    return new StoreCall(this.#nameOf(), subject, this.timeoutMs, this.#failureOf);
  }
}

async function untilAborted<T>(
  call: StoreCall,
  options: CallOptions | undefined,
  body: (call: StoreCall) => Promise<T>,
): Promise<T> {
  const signal = options?.signal;
  if (signal === undefined) return await body(call);
  checkOption("call a map", "signal", signal, SIGNAL);
  const abort = () => call.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await body(call);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
