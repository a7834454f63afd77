import type { Clock } from "../../src/clock.ts";
import type { WorkState } from "../report/report.ts";
import { nextTurn, runSlice } from "./slices.ts";

/** How long to wait, in milliseconds, before asking again whether the walk may go on. */
const WAIT_MS = 5;

/** One walk over a whole map, done in slices between which the event loop goes on; it can be paused and aborted. */
export class Work {
  readonly #clock: Clock;
  readonly #sliceMs: number;
  #resume: (() => void) | undefined;
  #state: WorkState = "never";
  /** Entries that were done. */
  done = 0;
  /** Entries there were to do when it began. */
  total = 0;

  constructor(clock: Clock, sliceMs: number) {
    this.#clock = clock;
    this.#sliceMs = sliceMs;
  }

  get state(): WorkState {
    return this.#state;
  }

  get isUnderWay(): boolean {
    return this.#state === "running" || this.#state === "paused";
  }

  /**
   * Calls `step` until it returns `false`, in slices, and waits where `ready` does not return `true`. To be called once.
   *
   * @param total Counts what there is to do.
   * @returns Whether it came to its end: not if it was aborted.
   */
  async run(total: () => number, ready: () => boolean, step: () => boolean): Promise<boolean> {
    this.#state = "running";
    try {
      this.total = total();
      for (let more = true, isReady = true; more;) {
        await nextTurn(this.#clock, isReady ? 0 : WAIT_MS);
        while (this.state === "paused") await new Promise<void>((resolve) => this.#resume = resolve);
        if (!this.isUnderWay) return false;
        more = runSlice(() => (isReady = ready()) && step(), this.#clock, this.#sliceMs) || !isReady;
      }
    } catch (error) {
      this.#state = "aborted";
      throw error;
    }
    return true;
  }

  /** Ends it as done, if it was not aborted meanwhile. */
  finish(): void {
    if (this.isUnderWay) this.#state = "done";
  }

  pause(): void {
    if (this.#state === "running") this.#state = "paused";
  }

  resume(): void {
    if (this.#state === "paused") this.#state = "running";
    this.#wake();
  }

  abort(): void {
    if (this.isUnderWay) this.#state = "aborted";
    this.#wake();
  }

  #wake(): void {
    this.#resume?.();
    this.#resume = undefined;
  }
}
