import type { Clock } from "../../src/clock.ts";
import type { AdaptiveState } from "./states.ts";
import type { Workload } from "./workload.ts";
import { nextTurn } from "../work/slices.ts";
import type { TwinMap } from "../twin/twin_map.ts";

/** A move of an `AdaptiveMap` from one map to another. */
export interface AdaptiveMove {
  /** The old map. */
  readonly from: AdaptiveState;
  /** The new map, which fitted better. */
  readonly to: AdaptiveState;
  /** The reason in words, with the figures that decided. */
  readonly why: string;
  /** The workload that caused it. */
  readonly load: Workload;
  /** The time of the decision, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A move that has ended. */
export interface EndedMove extends AdaptiveMove {
  /**
   * Whether the move succeeded. If not, `to` threw or differed, and the map stayed at `from`.
   */
  readonly outcome: "done" | "given up";
}

/** What a move rests on, instead of the gate: both maps are known and tested, and a move must not take hours. */
export const PROOF = "a clean sweep, and no diff since";

/**
 * Moves all entries to the new map of `twin` while it is in use, by a backfill and a sweep, up to the stage `rampdown`.
 * The event loop gets a turn between two stages.
 *
 * @param twin A twin at `off`.
 * @returns Whether it succeeded. If the maps differ, or the new one throws, the old one still answers.
 * @throws Whatever a map throws while entries are copied or compared. The old map then still answers.
 */
export async function moveByTwin<K, V>(twin: TwinMap<K, V>, clock: Clock): Promise<boolean> {
  twin.stage("dualwrite");
  await twin.backfill();
  twin.stage("shadow");
  const isClean = await twin.sweep();
  await twin.settle();
  const { diffs, mirror } = twin.report();
  if (!isClean || diffs > 0 || mirror.errors > 0) return false;
  twin.stage("live", { percent: 100, force: PROOF });
  await nextTurn(clock);
  twin.stage("rampdown", { force: PROOF });
  await nextTurn(clock);
  return true;
}
