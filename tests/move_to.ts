import type { Stage, TwinMap } from "@twinmap/twinmap";
import type { ManualClock } from "../testing/manual_clock.ts";

const STAGES: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

/** Moves a twin from `off` to `stage`, with the backfill and the sweep that the moves require. */
export async function moveTo<K, V>(
  users: TwinMap<K, V>,
  clock: ManualClock,
  stage: Stage,
  percent?: number,
): Promise<void> {
  for (const next of STAGES.slice(1, STAGES.indexOf(stage) + 1)) {
    if (next === "live") await clock.until(users.sweep());
    users.stage(next, next === "live" && percent !== undefined ? { percent } : {});
    if (next === "dualwrite") await clock.until(users.backfill());
  }
}
