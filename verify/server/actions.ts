import type { TwinReport } from "../report/report.ts";
import type { Side, Stage } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { steeringOf, type SteeringRollout } from "../migration/steering.ts";
import type { ReportedTwin } from "./reported_twin.ts";
import { percent as shareInPercent } from "./units.ts";

/** The fields of a request. */
export type Fields = Readonly<Record<string, unknown>>;

/** Something that can be done to a twin through its report. */
export interface Action {
  /** Completes "Cannot …" in a refusal. */
  readonly name: string;
  /** Does it, or throws a {@link Refusal}. */
  readonly act: (twin: ReportedTwin, fields: Fields) => void | Promise<void>;
  /** What the page says afterwards: how things are, since anybody can ask for a page that says it. */
  readonly told: (report: TwinReport) => string | undefined;
  /** Whether the work goes on after the answer. */
  readonly isWork: boolean;
}

type Status = 400 | 401 | 404 | 409;

/** Why a request is refused, and the status that says so. */
export class Refusal extends Error {
  readonly status: Status;
  readonly missing: readonly string[] | undefined;

  constructor(status: Status, message: string, missing?: readonly string[]) {
    super(message);
    this.status = status;
    this.missing = missing;
  }

  get headers(): Record<string, string> {
    return this.status === 401 ? { "WWW-Authenticate": `Bearer realm="twins"` } : {};
  }
}

const ACTIONS: Readonly<Record<string, Action>> = {
  stage: { name: "move to a stage", act: move, told: stageOf, isWork: false },
  back: { name: "move back", act: moveBack, told: stageOf, isWork: true },
  reset: { name: "reset", act: reset, told: episodeOf, isWork: false },
  sweep: { name: "sweep", act: (twin) => begun(twin.sweep()), told: workOf, isWork: true },
  backfill: { name: "backfill", act: beginBackfill, told: workOf, isWork: true },
  pause: { name: "pause", act: (twin) => twin.pause(), told: workOf, isWork: false },
  resume: { name: "resume", act: (twin) => twin.resume(), told: workOf, isWork: false },
  "rollout/pause": ofRollout("pause the rollout", (rollout, why, by) => rollout.pause(why, by)),
  "rollout/resume": ofRollout("resume the rollout", (rollout, why, by) => rollout.resume(why, by)),
  "rollout/confirm": ofRollout("confirm the next step", (rollout, why, by) => rollout.confirm(why, by)),
  "rollout/promote": ofRollout("promote", (rollout, why, by) => rollout.promote(why, by)),
  "rollout/abort": ofRollout("abort the rollout", (rollout, why, by) => rollout.abort(why, by)),
};

/** The names of the actions, which are those of their routes. */
export const ACTION_NAMES: readonly string[] = Object.keys(ACTIONS);

/** The action of that name. */
export function actionOf(name: string): Action | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}

function move(twin: ReportedTwin, fields: Fields): void | Promise<void> {
  const { stage, percent, force } = fields;
  if (typeof stage !== "string") throw new Refusal(400, "Cannot move to a stage: stage must be a string");
  if (percent !== undefined && typeof percent !== "number") {
    throw new Refusal(400, `Cannot move to ${stage}: percent must be a number: received ${typeof percent}`);
  }
  if (force !== undefined && typeof force !== "string") {
    throw new Refusal(400, `Cannot move to ${stage}: force must be a string: received ${typeof force}`);
  }
  if (stage === "live" && percent === undefined) {
    throw new Refusal(400, "Cannot move to live: percent must be a number: received undefined");
  }
  const options = { ...(percent === undefined ? {} : { percent }), ...(force === undefined ? {} : { force }) };
  return twin.stage(stage as Stage, options);
}

function moveBack(twin: ReportedTwin, fields: Fields): Promise<void> {
  return begun(twin.back(whyOf("move back", fields)));
}

function reset(twin: ReportedTwin, fields: Fields): void {
  twin.reset(whyOf("reset", fields));
}

function whyOf(action: string, fields: Fields): string {
  return textOf(action, "why", fields);
}

function textOf(action: string, name: string, { [name]: value }: Fields): string {
  if (typeof value === "string") return value;
  throw new Refusal(400, `Cannot ${action}: ${name} must be a string: received ${typeof value}`);
}

/** An act of somebody who gives a reason and a name. */
function ofRollout(
  name: string,
  act: (rollout: SteeringRollout, why: string, by: string) => void | Promise<void>,
): Action {
  return {
    name,
    act: (twin, fields) => {
      const rollout = steeringOf(twin)?.rollout;
      if (rollout === undefined) throw new Refusal(404, `Cannot ${name}: the twin has no rollout`);
      return act(rollout, textOf(name, "why", fields), textOf(name, "by", fields));
    },
    told: rolloutOf,
    isWork: false,
  };
}

function rolloutOf({ rollout }: TwinReport): string | undefined {
  return rollout === null ? undefined : `The rollout is ${rollout.state}.`;
}

function beginBackfill(twin: ReportedTwin, { from }: Fields): Promise<void> {
  if (from !== undefined && typeof from !== "string") {
    throw new Refusal(400, `Cannot backfill: from must be a string: received ${typeof from}`);
  }
  return begun(twin.backfill(from === undefined ? {} : { from: from as Side }));
}

/**
 * Waits until work is refused or under way. If anything else stops it, the report shows it as `aborted`.
 *
 * @throws {StageError | RangeError} If it is refused.
 */
async function begun(work: Promise<unknown>): Promise<void> {
  const refused = work.catch((error) => {
    if (error instanceof StageError || error instanceof RangeError) throw error;
  });
  await Promise.race([refused, new Promise((resolve) => setTimeout(resolve, 0))]);
}

function stageOf({ stage, percent }: TwinReport): string {
  return stage === "live" ? `The twin is at live ${shareInPercent(percent / 100)}.` : `The twin is at ${stage}.`;
}

function episodeOf({ gate }: TwinReport): string {
  return `The present episode began at ${gate.episode.startedAt.slice(0, 19).replace("T", " ")} UTC.`;
}

function workOf({ backfill, sweep }: TwinReport): string | undefined {
  const told = [["Backfill", backfill.state], ["Sweep", sweep.state]].filter(([, state]) => state !== "never");
  return told.length === 0 ? undefined : told.map(([name, state]) => `${name}: ${state}.`).join(" ");
}
