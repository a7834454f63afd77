import type { Position } from "../stages/moves.ts";
import type { RolloutRecord } from "./reported_rollout.ts";

/** A position in words, such as `live 5 %`. */
export function positionWords({ stage, percent }: Position): string {
  return stage === "live" ? `live ${percent} %` : stage;
}

/** What was done, in words, such as `moved to live 5 %, by plan: “every condition passes”`. */
export function recordWords({ kind, dryRun, by, why, ...position }: RolloutRecord): string {
  const place = positionWords(position);
  const words: Record<RolloutRecord["kind"], string> = {
    start: `started at ${place}`,
    pause: `paused at ${place}`,
    resume: `resumed at ${place}`,
    confirm: `confirmed at ${place}`,
    move: `moved to ${place}`,
    force: `forced to ${place}`,
    back: `went back to ${place}`,
    end: `ended at ${place}`,
  };
  return `${dryRun ? "would have " : ""}${words[kind]}, by ${by}: “${why}”`;
}
