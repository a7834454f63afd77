import { setImmediate } from "node:timers/promises";
import type { TwinMap } from "../twin/twin_map.ts";
import { type Stage, STAGE_NAMES, STAGES } from "../stages/stage.ts";
import { InputError } from "./input_error.ts";
import type { TraceOperation } from "./trace/trace.ts";

/** What a `set` writes: no two writes are the same, and a wrong value tells where it comes from. */
export interface ReplayedValue {
  /** The line of the trace that the write stands on. */
  readonly line: number;
  /** The size that the trace tells. */
  readonly sizeBytes: number;
}

/** After so many operations the comparer gets its turn. */
const TURN = 1_024;
/** After so many the replay waits for it. An operation makes at most two comparisons due: none is ever dropped. */
const MAX_AHEAD = 32_768;

/** The steps of a replay, and how far it has got. */
export class Replay {
  readonly #twin: TwinMap<string, ReplayedValue>;
  readonly #loadsMisses: boolean;
  /** How many operations of the trace were replayed. */
  operations = 0;

  /**
   * @param twin A twin at stage `off` that looks at `maxPending` comparisons at a time, as many as it does by default.
   * @param loadsMisses Whether a `get` that misses then sets the key.
   */
  constructor(twin: TwinMap<string, ReplayedValue>, loadsMisses: boolean) {
    this.#twin = twin;
    this.#loadsMisses = loadsMisses;
  }

  /**
   * Goes to `stage` by way of those before it, with all that they ask for.
   *
   * @throws {InputError} If `stage` asks for two maps that hold the same, and they don't to begin with.
   */
  async moveTo(stage: Stage): Promise<void> {
    for (const next of STAGE_NAMES.slice(1, STAGE_NAMES.indexOf(stage) + 1)) {
      if (next === "live" && !await this.#twin.sweep()) {
        throw new InputError(`Cannot replay at ${stage}: a sweep found that the two maps differ to begin with`);
      }
      this.#twin.stage(next);
      if (next === "dualwrite") await this.#twin.backfill();
    }
  }

  /**
   * Replays a trace, and then waits until all that is due is compared.
   *
   * @param signal Ends it early.
   * @throws {InputError} What the trace throws, and with the number of the line if the map that answers throws.
   */
  async run(trace: AsyncIterable<readonly TraceOperation[]>, signal: AbortSignal): Promise<void> {
    for await (const operations of trace) {
      for (const operation of operations) {
        this.#apply(operation);
        if (++this.operations % TURN > 0) continue;
        if (this.operations % MAX_AHEAD > 0) await setImmediate();
        else await this.#twin.settle();
        signal.throwIfAborted();
      }
    }
    await this.#twin.settle();
  }

  /**
   * Compares all entries, in both directions, where both sides are written.
   *
   * @throws {InputError} If a map can't be walked and nothing else differs: that would pass for no diff.
   */
  async sweep(stage: Stage): Promise<void> {
    if (!STAGES[stage].mirrors) return;
    try {
      await this.#twin.sweep();
    } catch (error) {
      if (this.#twin.report().diffs > 0) return;
      throw new InputError(`Cannot compare all entries: a map threw: ${error}`, { cause: error });
    }
  }

  #apply({ name, key, line, sizeBytes }: TraceOperation): void {
    const map = this.#twin;
    try {
      if (name === "get") {
        const isMiss = map.get(key) === undefined;
        if (isMiss && this.#loadsMisses) map.set(key, { line, sizeBytes });
      } else if (name === "set") map.set(key, { line, sizeBytes });
      else map[name](key);
    } catch (error) {
      throw new InputError(`line ${line}: the map that answers threw: ${error}`, { cause: error });
    }
  }
}
