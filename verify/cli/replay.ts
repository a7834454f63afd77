import { setImmediate } from "node:timers/promises";
import type { AsyncTwinMap } from "../twin/async_twin_map.ts";
import type { TwinMap } from "../twin/twin_map.ts";
import { type Stage, STAGE_NAMES, STAGES } from "../stages/stage.ts";
import { InputError } from "./input_error.ts";
import { namedReasonOf } from "./complaint.ts";
import type { TraceOperation } from "./trace/trace.ts";

/** The value that a `set` writes. No two writes are the same, so a wrong value shows where it comes from. */
export interface ReplayedValue {
  /** The line of the write in the trace, from 1. */
  readonly line: number;
  /** The size given in the trace, or 0. */
  readonly sizeBytes: number;
}

/** A twin that a trace is replayed through. */
export type ReplayedTwin = TwinMap<string, ReplayedValue> | AsyncTwinMap<string, ReplayedValue>;

/** The number of operations after which the comparisons get their turn. */
const TURN = 1_024;
/** The number of operations after which the replay waits for them: at most two each, so that none is dropped. */
const MAX_AHEAD = 32_768;

/** The steps of a replay, and its progress. */
export class Replay {
  readonly #twin: ReplayedTwin;
  readonly #loadsMisses: boolean;
  /** The number of operations replayed so far. */
  operations = 0;

  /**
   * @param twin A twin at stage `off`, with the default `maxPending`.
   * @param loadsMisses Whether a `get` that misses is followed by a `set` of the key.
   */
  constructor(twin: ReplayedTwin, loadsMisses: boolean) {
    this.#twin = twin;
    this.#loadsMisses = loadsMisses;
  }

  /**
   * Moves the twin to `stage`, through all stages before it, with the backfill and the sweep that they require.
   *
   * @throws {InputError} If `stage` requires equal maps, and they differ before the first operation.
   */
  async moveTo(stage: Stage): Promise<void> {
    for (const next of STAGE_NAMES.slice(1, STAGE_NAMES.indexOf(stage) + 1)) {
      if (next === "live" && !await this.#twin.sweep()) {
        throw new InputError(`Cannot replay at ${stage}: the two maps differ before the first operation`);
      }
      // The maps hold nothing that anybody relies on.
      const force = STAGES[next].answers === "old" ? {} : { force: "a replay" };
      await this.#twin.stage(next, next === "live" ? { percent: 100, ...force } : force);
      if (next === "dualwrite" && this.#lacksBackfill) await this.#twin.backfill();
    }
  }

  /**
   * Replays a trace, then waits for all comparisons that are due.
   *
   * @param signal Interrupts the replay.
   * @throws {InputError} If the trace cannot be read, or the authoritative map throws; the message gives the line.
   */
  async run(trace: AsyncIterable<readonly TraceOperation[]>, signal: AbortSignal): Promise<void> {
    for await (const operations of trace) {
      for (const operation of operations) {
        const answer = this.#apply(operation);
        // Awaiting what is there already would slow a replay of maps in memory down.
        if (answer !== undefined) await answer;
        if (++this.operations % TURN > 0) continue;
        if (this.operations % MAX_AHEAD > 0) await setImmediate();
        else await this.#twin.settle();
        signal.throwIfAborted();
      }
    }
    await this.#twin.settle();
  }

  /**
   * Compares all entries, in both directions, at the stages that write to both sides.
   *
   * @throws {InputError} If iterating a map fails and there is no diff so far: the failure would pass for "no diff".
   */
  async sweep(stage: Stage): Promise<void> {
    if (!STAGES[stage].mirrors) return;
    try {
      await this.#twin.sweep();
    } catch (error) {
      if (this.#twin.report().diffs > 0) return;
      throw new InputError(`Cannot compare all entries: a map threw: ${namedReasonOf(error)}`, { cause: error });
    }
  }

  /** An old map that is empty has nothing to copy. */
  get #lacksBackfill(): boolean {
    return this.#twin.report().gate.conditions.some(({ name, verdict }) => name === "backfill" && verdict !== "pass");
  }

  /** Applies one operation. A promise comes back if the map that answers is asynchronous. */
  #apply({ name, key, line, sizeBytes }: TraceOperation): Promise<void> | undefined {
    const map = this.#twin;
    const value = { line, sizeBytes };
    const load = (answer: unknown): unknown =>
      name === "get" && answer === undefined && this.#loadsMisses ? map.set(key, value) : undefined;
    const fail = (error: unknown) => {
      throw new InputError(`line ${line}: the map that answers threw: ${namedReasonOf(error)}`, { cause: error });
    };
    try {
      const answer: unknown = name === "set" ? map.set(key, value) : map[name](key);
      if (answer instanceof Promise) return answer.then(load).then(() => {}, fail);
      load(answer);
    } catch (error) {
      fail(error);
    }
  }
}
