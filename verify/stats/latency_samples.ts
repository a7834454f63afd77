import type { Side } from "../stages/stage.ts";
import { LatencyHistogram } from "./histogram.ts";

/** A pause of the process, or of the network, makes all reads wait that are under way: one sample in so many milliseconds. */
const EVERY_MS = 100;

/**
 * The latencies that the two sides are judged by: at most one of each side per 100 ms, since tests take them for independent
 * of each other. Its memory is fixed.
 */
export class LatencySamples {
  /** Those of the old map's reads. */
  readonly old: LatencyHistogram = new LatencyHistogram();
  /** Those of the new map's reads. */
  readonly new: LatencyHistogram = new LatencyHistogram();
  readonly #takenAtMs: Record<Side, number> = { old: -Infinity, new: -Infinity };

  /**
   * Takes a latency, if 100 ms have passed since the last one of this side.
   *
   * @param atMs When the read ended, by a clock that never goes back.
   */
  record(side: Side, ns: number, atMs: number): void {
    if (atMs - this.#takenAtMs[side] < EVERY_MS) return;
    this.#takenAtMs[side] = atMs;
    this[side].record(ns);
  }
}
