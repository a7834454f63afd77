import type { Clock } from "../../src/clock.ts";
import type { Maybe } from "../pair/pair.ts";
import { nextTurn, runSlice } from "./slices.ts";

/** How long to wait, in milliseconds, before asking again whether the job may go on. */
const WAIT_MS = 5;

/** How far a sweep or a backfill has got. */
export type WorkState = "never" | "running" | "paused" | "done" | "aborted";

/**
 * A walk over all keys, done in steps. Steps that return at once are done in slices, between which the event loop goes on;
 * a step that returns a promise is waited for. A job can be paused and aborted between two slices.
 */
export class Job {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  readonly #beforeSlice: () => void;
  #wake: (() => void) | undefined;
  #state: WorkState = "never";
  /** Entries that were done. */
  done = 0;
  /** Entries to do, as of the start. */
  total = 0;

  /** @param beforeSlice Called before each slice. */
  constructor(clock: Clock, sliceMs: number, beforeSlice: () => void = () => {}) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#beforeSlice = beforeSlice;
  }

  get state(): WorkState {
    return this.#state;
  }

  get isUnderWay(): boolean {
    return this.#state === "running" || this.#state === "paused";
  }

  /**
   * Does steps until one returns `false`. To be called once.
   *
   * @param total Counts what there is to do.
   * @param ready Whether the next step may be done now.
   * @param step Does one step, and returns whether there is more to do.
   * @returns Whether the job came to its end; `false` if it was aborted.
   * @throws Whatever the functions throw; the job is then aborted.
   */
  async run(total: () => Maybe<number>, ready: () => boolean, step: () => Maybe<boolean>): Promise<boolean> {
    this.#state = "running";
    try {
      const counted = total();
      this.total = counted instanceof Promise ? await counted : counted;
      for (let more = true, isReady = true; more;) {
        await nextTurn(this.#clock, isReady ? 0 : WAIT_MS);
        while (this.state === "paused") await new Promise<void>((resolve) => this.#wake = resolve);
        if (!this.isUnderWay) return false;
        this.#beforeSlice();
        const went = runSlice(() => (isReady = ready()) && step(), this.#clock, this.#sliceMs);
        more = (went instanceof Promise ? await went : went) || !isReady;
      }
    } catch (error) {
      this.#state = "aborted";
      throw error;
    }
    return true;
  }

  /** Ends the job as done, unless it was aborted. */
  finish(): void {
    if (this.isUnderWay) this.#state = "done";
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state === "paused") this.#state = "running";
    this.#goOn();
  }

  abort(): void {
    if (this.isUnderWay) this.#state = "aborted";
    this.#goOn();
  }

  #goOn(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
