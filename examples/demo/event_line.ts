import type { RolloutEvent, Stage, TwinReport } from "@twinmap/twinmap";

type Condition = TwinReport["gate"]["conditions"][number];

/** What the conditions of the gate that matter most say when a stage is entered. */
const GROUNDS: Record<Stage, readonly Condition["name"][]> = {
  off: [],
  dualwrite: [],
  shadow: ["backfill", "sweep"],
  live: ["diffs"],
  rampdown: ["diffs"],
  complete: [],
};

/**
 * What a rollout did, as a line for the terminal: where the twin is, what that means, and why.
 *
 * @param report The report of the twin at that moment.
 */
export function eventLine(event: RolloutEvent, report: TwinReport): string {
  const { kind, by, why } = event;
  const place = event.stage === "live" ? `live ${event.percent} %` : event.stage;
  const texts: Record<RolloutEvent["kind"], string> = {
    start: "The rollout begins.",
    move: `${meaning(event)}${grounds(event, report)}`,
    force: `${meaning(event)} Forced by ${by}: ${why}.`,
    back: `The old map answers every key again: ${why}.`,
    pause: by === "plan"
      ? "The rollout is paused until somebody resumes it."
      : `The rollout is paused by ${by}: ${why}.`,
    resume: `The rollout goes on, says ${by}: ${why}.`,
    confirm: `Confirmed by ${by}: ${why}.`,
    end: `The rollout has ended: ${why}.`,
  };
  return `${place.padEnd(10)}  ${texts[kind]}`;
}

function meaning({ stage, percent }: RolloutEvent): string {
  const meanings: Record<Stage, string> = {
    off: "Only the old map is used.",
    dualwrite: "Writes go to both maps.",
    shadow: "Reads are compared as well.",
    live: `The new map answers for ${percent} % of the keys.`,
    rampdown: "The new map answers; writes still go to the old one.",
    complete: "Only the new map is used: the way back ends here.",
  };
  return meanings[stage];
}

/** Why the rollout moved on. */
function grounds({ stage }: RolloutEvent, { gate }: TwinReport): string {
  const reasons = gate.conditions.filter(({ name }) => GROUNDS[stage].includes(name)).map(({ reason }) => reason);
  return reasons.length === 0 ? "" : ` Why: ${reasons.join("; ")}.`;
}
