import type { Stage, TwinMap } from "@twinmap/twinmap";
import type { ManualClock } from "../testing/manual_clock.ts";

const WAY: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

/** Walks a twin forwards from `off`, with the backfill and the sweep that are needed on the way. */
export async function moveTo<K, V>(
  users: TwinMap<K, V>,
  clock: ManualClock,
  stage: Stage,
  percent?: number,
): Promise<void> {
  for (const next of WAY.slice(1, WAY.indexOf(stage) + 1)) {
    if (next === "live") await clock.until(users.sweep());
    users.stage(next, next === "live" && percent !== undefined ? { percent } : {});
    if (next === "dualwrite") await clock.until(users.backfill());
  }
}
