import type { Clock } from "../../src/clock.ts";
import type { AdaptiveState } from "./states.ts";
import type { Workload } from "./workload.ts";
import { nextTurn } from "../work/slices.ts";
import type { TwinMap } from "../twin/twin_map.ts";

/** A move of an `AdaptiveMap` from one map to another. */
export interface AdaptiveMove {
  /** The map it was. */
  readonly from: AdaptiveState;
  /** The map that fitted better. */
  readonly to: AdaptiveState;
  /** Why, in words, with the figures that decided. */
  readonly why: string;
  /** All that was known of the load. */
  readonly load: Workload;
  /** When it was decided, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A move that has come to its end. */
export interface EndedMove extends AdaptiveMove {
  /** Whether the map is at `to` now; if the move was given up it stayed at `from`, since `to` threw or was found different. */
  readonly outcome: "done" | "given up";
}

/**
 * Brings all entries to the new map of `twin` while it is used, and lets it answer: by a backfill and a sweep, to the stage
 * `rampdown`. Between two stages the event loop has a turn.
 *
 * @param twin A twin at `off`.
 * @returns Whether it did: not if the two maps were found different, or the new one threw. The old one answers then.
 * @throws What a map throws as entries are copied or compared. The old map answers then.
 */
export async function moveByTwin<K, V>(twin: TwinMap<K, V>, clock: Clock): Promise<boolean> {
  twin.stage("dualwrite");
  await twin.backfill();
  twin.stage("shadow");
  const isClean = await twin.sweep();
  await twin.settle();
  const { diffs, mirror } = twin.report();
  if (!isClean || diffs > 0 || mirror.errors > 0) return false;
  twin.stage("live");
  await nextTurn(clock);
  twin.stage("rampdown");
  await nextTurn(clock);
  return true;
}
