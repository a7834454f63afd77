import type { Clock } from "../../src/clock.ts";
import { andThen, type Maybe } from "../pair/pair.ts";
import type { Pace } from "./pace.ts";
import { nextTurn, runSlice } from "./slices.ts";

/** How long to wait, in milliseconds, before asking again whether the job may go on. */
const WAIT_MS = 5;

/** How long a job waits for its pace at most, in milliseconds, before it looks whether it was aborted. */
const MAX_WAIT_MS = 500;

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
  readonly #pace: Pace;
  #wake: (() => void) | undefined;
  #state: WorkState = "never";
  /** For how many milliseconds it has run, and since when it does. */
  #ranMs = 0;
  #runsSinceMs: number | undefined;
  /** Entries that were done. */
  done = 0;
  /** Entries to do, as of the start. */
  total = 0;

  /**
   * @param pace How fast it goes.
   * @param beforeSlice Called before each slice.
   */
  constructor(clock: Clock, sliceMs: number, pace: Pace, beforeSlice: () => void = () => {}) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
    this.#pace = pace;
    this.#beforeSlice = beforeSlice;
  }

  get state(): WorkState {
    return this.#state;
  }

  get isUnderWay(): boolean {
    return this.#state === "running" || this.#state === "paused";
  }

  /** Entries that were done a second, while the job was running. */
  get perSecond(): number {
    const sinceMs = this.#runsSinceMs;
    const ranMs = this.#ranMs + (sinceMs === undefined ? 0 : this.#clock.monotonicMs() - sinceMs);
    return ranMs > 0 ? this.done * 1_000 / ranMs : 0;
  }

  /**
   * Takes keys for the next step, as many as the pace allows.
   *
   * @param take Takes so many.
   * @param max How many at most.
   */
  take<K>(take: (size: number) => Maybe<readonly K[]>, max: number): Maybe<readonly K[]> {
    return andThen(take(this.#pace.next(max)), (keys) => {
      this.#pace.took(keys.length);
      return keys;
    });
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
    this.#begin();
    try {
      const counted = total();
      this.total = counted instanceof Promise ? await counted : counted;
      for (let more = true, isReady = true; more;) {
        const waitMs = Math.min(this.#pace.waitMs, MAX_WAIT_MS);
        await nextTurn(this.#clock, isReady ? waitMs : Math.max(waitMs, WAIT_MS));
        while (this.state === "paused") await new Promise<void>((resolve) => this.#wake = resolve);
        if (!this.isUnderWay) return false;
        this.#beforeSlice();
        const mayStep = () => isReady = this.#pace.waitMs === 0 && ready();
        const went = runSlice(() => mayStep() && step(), this.#clock, this.#sliceMs);
        more = (went instanceof Promise ? await this.#timed(went) : went) || !isReady;
      }
    } catch (error) {
      this.#end("aborted");
      throw error;
    }
    return true;
  }

  /** Ends the job as done, unless it was aborted. */
  finish(): void {
    if (this.isUnderWay) this.#end("done");
  }

  pause(): void {
    if (this.#state === "running") this.#end("paused");
  }

  resume(): void {
    if (this.#state === "paused") this.#begin();
    this.#goOn();
  }

  abort(): void {
    if (this.isUnderWay) this.#end("aborted");
    this.#goOn();
  }

  async #timed(step: Promise<boolean>): Promise<boolean> {
    const startMs = this.#clock.monotonicMs();
    const more = await step;
    this.#pace.stepTook(this.#clock.monotonicMs() - startMs);
    return more;
  }

  #begin(): void {
    this.#state = "running";
    this.#runsSinceMs = this.#clock.monotonicMs();
  }

  #end(state: WorkState): void {
    this.#state = state;
    if (this.#runsSinceMs !== undefined) this.#ranMs += this.#clock.monotonicMs() - this.#runsSinceMs;
    this.#runsSinceMs = undefined;
  }

  #goOn(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
