import type { Stage, StageOptions, TwinMap, TwinReport } from "@twinmap/twinmap";
import type { ManualClock } from "../testing/manual_clock.ts";

const STAGES: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

/** Options that bring a twin to `stage` past the gate. */
export function forced(stage: Stage, percent = 100): StageOptions {
  const force = "a test";
  if (stage === "live") return { percent, force };
  return stage === "rampdown" || stage === "complete" ? { force } : {};
}

/** Options that bring a twin to `stage` past what the gate counts, but not past a backfill and a clean sweep. */
export function proven(users: { report(): TwinReport }, stage: Stage, percent = 100): StageOptions {
  const isProof = (name: string) => name === "backfill" || name === "sweep";
  const isProven = users.report().gate.conditions.every(({ name, verdict }) => verdict === "pass" || !isProof(name));
  if (isProven) return forced(stage, percent);
  return stage === "live" ? { percent } : {};
}

/** Moves a twin from `off` to `stage`, with a backfill and a sweep, and past the gate. */
export async function moveTo<K, V>(
  users: TwinMap<K, V>,
  clock: ManualClock,
  stage: Stage,
  percent?: number,
): Promise<void> {
  for (const next of STAGES.slice(1, STAGES.indexOf(stage) + 1)) {
    if (next === "live") await clock.until(users.sweep());
    users.stage(next, forced(next, percent));
    if (next === "dualwrite") await clock.until(users.backfill());
  }
}
