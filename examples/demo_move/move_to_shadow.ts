import type { Stage } from "@twinmap/twinmap";
import type { ReportedTwin } from "@twinmap/twinmap/report";
import { count } from "../demo/numbers.ts";

/**
 * Moves a twin from off to shadow, with a backfill and a sweep. Rejects if somebody else moves the twin, or if a fault
 * prevents a step.
 *
 * @param tell Called with each step, and with the stage if that is a new one.
 */
export async function moveToShadow(
  sessions: ReportedTwin,
  tell: (text: string, stage?: Stage) => void,
): Promise<void> {
  await sessions.stage("dualwrite");
  await sessions.backfill();
  const copied = sessions.report().backfill.done;
  tell(`Writes go to both maps, and ${count(copied)} sessions were copied to the new one.`, "dualwrite");
  await sessions.sweep();
  tell(`All sessions were compared, in both directions: ${resultOfSweep(sessions)}.`);
  await sessions.stage("shadow");
  tell("Reads are compared as well.", "shadow");
}

/** What the last sweep found. */
export function resultOfSweep(sessions: ReportedTwin): string {
  const { diffs, inconclusive, clean } = sessions.report().sweep;
  return clean ? "no diff" : `${count(diffs)} diffs, ${count(inconclusive)} inconclusive`;
}
