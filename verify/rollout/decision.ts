import type { ReportedRollout } from "../report/reported_rollout.ts";
import type { GateCondition } from "../gate/condition.ts";
import type { TwinReport } from "../report/report.ts";
import { positionWords } from "../report/rollout_words.ts";
import { STAGES } from "../stages/stage.ts";
import { roughTimeSpan } from "../stats/time_span.ts";
import { type CheckedStep, placeOf, type Plan } from "./plan.ts";

/** What a decision depends on. */
export interface Standing {
  readonly plan: Plan;
  readonly report: Pick<TwinReport, "stage" | "percent" | "reportedAt" | "gate" | "backfill" | "sweep">;
  /** For how many milliseconds the twin has been where it is. */
  readonly hereMs: number;
  /** For how many milliseconds the rollout does not go on, since it went back. */
  readonly coolDownMs: number;
  /** Whether the next step was confirmed. */
  readonly isConfirmed: boolean;
  /** Conditions of the gate that somebody moved the twin past: that they fail is no reason to go back. */
  readonly accepted: ReadonlySet<GateCondition["name"]>;
}

/** What to do, why, and when at the earliest that can change. */
export type Decision = Pick<ReportedRollout, "decision" | "reasons" | "leastMs">;

/** What keeps a twin where it is, and for how long at least: `undefined` if that is not known. */
interface Hold {
  readonly reason: string;
  readonly leastMs: number | undefined;
}

/** Whether the old map answers again, the twin moves on or stays. */
export function decide(standing: Standing): Decision {
  const { plan, report, accepted } = standing;
  const { conditions } = report.gate;
  const failed = STAGES[report.stage].mirrors && report.percent > 0
    ? conditions.filter(({ name, verdict }) => verdict === "fail" && !accepted.has(name))
    : [];
  if (failed.length > 0) return { decision: "back", reasons: failed.map(({ reason }) => reason), leastMs: null };
  const next = plan[placeOf(plan, report) + 1];
  if (next === undefined) return { decision: "hold", reasons: ["the plan has come to its end"], leastMs: null };
  const holds = holdsBefore(next, standing);
  if (holds.length === 0) {
    return { decision: "promote", reasons: [`nothing holds it before ${positionWords(next)}`], leastMs: 0 };
  }
  const leastMs = holds.reduce<number | null>(
    (most, { leastMs }) => most === null || leastMs === undefined ? null : Math.max(most, leastMs),
    0,
  );
  return { decision: "hold", reasons: holds.map(({ reason }) => reason), leastMs };
}

/** Whether a step up to the present one asks for it. */
export function asksFor(what: "backfill" | "sweep", { plan, report }: Pick<Standing, "plan" | "report">): boolean {
  return STAGES[report.stage].mirrors && plan.slice(0, placeOf(plan, report) + 1).some((step) => step[what]);
}

function holdsBefore(next: CheckedStep, standing: Standing): Hold[] {
  const { plan, report, hereMs, coolDownMs, isConfirmed } = standing;
  const holds: Hold[] = [];
  const here = plan[placeOf(plan, report)];
  const leftMs = (here?.holdMs ?? 0) - hereMs;
  if (leftMs > 0) holds.push(timed(leftMs, `${positionWords(report)} lasts`));
  if (coolDownMs > 0) holds.push(timed(coolDownMs, "it went back, and waits for"));
  const asksGate = next.percent > report.percent || next.stage === "rampdown" || next.stage === "complete";
  for (const { name, verdict, reason } of report.gate.conditions) {
    const isAsked = asksGate || ((name === "backfill" || name === "sweep") && asksFor(name, standing));
    if (verdict !== "pass" && isAsked) holds.push({ reason, leastMs: leastMsOf(name, report) });
  }
  if (next.confirm && !isConfirmed) {
    holds.push({ reason: `somebody must confirm the move to ${positionWords(next)}`, leastMs: undefined });
  }
  return holds;
}

function timed(leftMs: number, what: string): Hold {
  return { reason: `${what} another ${roughTimeSpan(leftMs, Math.ceil)}`, leastMs: leftMs };
}

/** In how many milliseconds a condition can pass at the earliest. */
function leastMsOf(
  name: GateCondition["name"],
  { gate, reportedAt, backfill, sweep }: Standing["report"],
): number | undefined {
  if (name === "diffs" || name === "late") return gate.certification.leastMs ?? undefined;
  if (name === "hold") return Math.max(0, Date.parse(gate.episode.startedAt) + gate.holdMs - Date.parse(reportedAt));
  if (name === "backfill") return backfill.leftMs ?? undefined;
  return name === "sweep" ? sweep.leftMs ?? undefined : undefined;
}
