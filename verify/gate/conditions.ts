import { judgeRate, rateBounds } from "../stats/confidence_sequence.ts";
import { timeSpan } from "../stats/time_span.ts";
import type { GateCondition, GateEvidence } from "./condition.ts";
import { alphaOf } from "./episode.ts";
import { FAILING_SHARE } from "./failing_seconds.ts";
import type { CheckedGateOptions } from "./gate_options.ts";

/** Up to this share of the comparisons due may be inconclusive, dropped or pending. */
const MAX_UNCLAIMED = 0.01;

/** Where the new map answers, it fails the gate by so many failing seconds in a minute. */
const MAX_FAILING_SECONDS = 10;

/** The last comparison must have ended within so many minutes: what was seen before says nothing about the maps of today. */
const MAX_AGE_MINUTES = 10;

/** Whether both maps hold what was there before both were written. */
export function backfillCondition({ backfilled }: Pick<GateEvidence, "backfilled">): GateCondition {
  return backfilled
    ? { name: "backfill", verdict: "pass", reason: "both maps hold what was there before" }
    : { name: "backfill", verdict: "hold", reason: "a backfill must finish" };
}

/** Whether a sweep of all keys was clean, lately enough, and nothing has spoken against it since. */
export function sweepCondition(
  { sweptClean, sweptAgoMs, doubtful }: Pick<GateEvidence, "sweptClean" | "sweptAgoMs" | "doubtful">,
  { sweepMaxAgeMs }: Pick<CheckedGateOptions, "sweepMaxAgeMs">,
): GateCondition {
  if (!sweptClean) return { name: "sweep", verdict: "hold", reason: "a sweep of all keys must finish clean" };
  // Its age is unknown once the clock was set back.
  if (sweepMaxAgeMs !== null && !(sweptAgoMs >= 0 && sweptAgoMs <= sweepMaxAgeMs)) {
    const reason = `the clean sweep must not have ended more than ${timeSpan(sweepMaxAgeMs)} ago`;
    return { name: "sweep", verdict: "hold", reason };
  }
  if (doubtful === 0) return { name: "sweep", verdict: "pass", reason: "a sweep of all keys was clean" };
  const keys = doubtful === 1 ? "1 key looked" : `${exact(doubtful)} keys looked`;
  return {
    name: "sweep",
    verdict: "hold",
    reason: `${keys} different since the clean sweep, and must be looked at again`,
  };
}

/** Whether the share of key visits with a diff, or of those that find the key late, is below its threshold for certain. */
export function rateCondition(
  name: "diffs" | "late",
  { visits: { count, [name]: found }, episode }: Pick<GateEvidence, "visits" | "episode">,
  options: Pick<CheckedGateOptions, "threshold" | "lateThreshold" | "confidence">,
): GateCondition {
  if (![count, found, episode].every(Number.isSafeInteger)) {
    return { name, verdict: "hold", reason: "the counts of key visits are not known" };
  }
  const threshold = name === "diffs" ? options.threshold : options.lateThreshold;
  const alpha = alphaOf(episode, 1 - options.confidence);
  const verdict = judgeRate(found, count, threshold, alpha);
  const { lower, upper } = rateBounds(found, count, threshold, alpha);
  const visits = `of key visits find ${name === "diffs" ? "a diff" : "the key late"}`;
  const limit = `the threshold of ${percent(threshold)}`;
  if (verdict === "pass") return { name, verdict, reason: `at most ${percent(upper)} ${visits}: below ${limit}` };
  if (verdict === "fail") return { name, verdict, reason: `at least ${percent(lower)} ${visits}: above ${limit}` };
  const reason = count === 0
    ? `no key visit yet: nothing is known about ${name === "diffs" ? "diffs" : "late keys"}`
    : `${percent(lower)} to ${percent(upper)} ${visits}: not yet certain to be below ${limit}`;
  return { name, verdict, reason };
}

/** Whether the diff rate has risen suddenly, as the detector notices it. */
export function alarmCondition(
  { alarm }: Pick<GateEvidence, "alarm">,
  { threshold }: Pick<CheckedGateOptions, "threshold">,
): GateCondition {
  if (alarm === undefined) return { name: "alarm", verdict: "pass", reason: "the diff rate has not risen suddenly" };
  const found = `${exact(alarm.diffs)} of ${exact(alarm.visits)} key visits since ${
    timeOf(alarm.sinceMs)
  } found a diff`;
  return {
    name: "alarm",
    verdict: "fail",
    reason: `${found}: the diff rate rose suddenly above ${percent(threshold)}`,
  };
}

/** Whether calls to the new map fail. If it answers for some keys, callers see that: then it cannot go on for long. */
export function errorsCondition(
  { failingSeconds: { lastMinute, lastTenMinutes }, newAnswers }: Pick<GateEvidence, "failingSeconds" | "newAnswers">,
): GateCondition {
  const failed = `more than ${percent(FAILING_SHARE)} of the calls to the new map failed`;
  if (newAnswers && lastMinute >= MAX_FAILING_SECONDS) {
    return { name: "errors", verdict: "fail", reason: `in ${lastMinute} seconds of the last minute, ${failed}` };
  }
  if (lastTenMinutes === 0) {
    return { name: "errors", verdict: "pass", reason: `in no second of the last 10 minutes, ${failed}` };
  }
  const seconds = lastTenMinutes === 1 ? "1 second" : `${lastTenMinutes} seconds`;
  return { name: "errors", verdict: "hold", reason: `in ${seconds} of the last 10 minutes, ${failed}` };
}

/** Whether no key waits to be copied again. */
export function journalCondition({ journaled }: Pick<GateEvidence, "journaled">): GateCondition {
  if (journaled === 0) return { name: "journal", verdict: "pass", reason: "no key waits to be copied again" };
  const keys = journaled === 1 ? "1 key waits" : `${exact(journaled)} keys wait`;
  return { name: "journal", verdict: "hold", reason: `${keys} to be copied again, since writes failed` };
}

/** Whether nearly all comparisons that were due ended with a result. */
export function coverageCondition({ due, unclaimed }: Pick<GateEvidence, "due" | "unclaimed">): GateCondition {
  const share = due === 0 ? 0 : unclaimed / due;
  const reason = `${percent(share)} of the comparisons due are inconclusive, dropped or pending`;
  if (share <= MAX_UNCLAIMED) return { name: "coverage", verdict: "pass", reason };
  return { name: "coverage", verdict: "hold", reason: `${reason}: at most ${percent(MAX_UNCLAIMED)} may be` };
}

/** Whether enough distinct keys were compared. */
export function keysCondition(
  { comparedKeys }: Pick<GateEvidence, "comparedKeys">,
  { minKeys }: Pick<CheckedGateOptions, "minKeys">,
): GateCondition {
  const needed = minKeys === 0 ? "" : `, ${exact(minKeys)} are needed`;
  const reason = `${exact(comparedKeys)} distinct keys compared${needed}`;
  return { name: "keys", verdict: comparedKeys >= minKeys ? "pass" : "hold", reason };
}

/** Whether comparisons had gone on for long enough, without a break, before the new map answered its first key. */
export function holdCondition(
  { wasHeld, unbrokenMs }: Pick<GateEvidence, "wasHeld" | "unbrokenMs">,
  { holdMs }: Pick<CheckedGateOptions, "holdMs">,
): GateCondition {
  if (wasHeld) {
    return { name: "hold", verdict: "pass", reason: "there was no break before the new map answered its first key" };
  }
  if (holdMs === 0) return { name: "hold", verdict: "pass", reason: "no time without a break is asked for" };
  // The page sends what changes: an hour need not be counted by the second.
  const stepMs = holdMs % 60_000 === 0 ? 60_000 : 1_000;
  const unbroken = timeSpan(Math.min(holdMs, Math.floor(unbrokenMs / stepMs) * stepMs));
  const reason = `${unbroken} of ${timeSpan(holdMs)} without a break`;
  return { name: "hold", verdict: unbrokenMs >= holdMs ? "pass" : "hold", reason };
}

/** Whether a comparison has ended lately. */
export function recentCondition({ comparedAgoMs }: Pick<GateEvidence, "comparedAgoMs">): GateCondition {
  const agoMinutes = comparedAgoMs / 60_000;
  const last = `the last ${MAX_AGE_MINUTES} minutes`;
  if (agoMinutes <= MAX_AGE_MINUTES) {
    return { name: "recent", verdict: "pass", reason: `a comparison ended in ${last}` };
  }
  const when = Number.isFinite(agoMinutes)
    ? `the last comparison ended ${exact(Math.floor(agoMinutes))} minutes ago`
    : "no comparison is known to have ended in this episode";
  return { name: "recent", verdict: "hold", reason: `${when}: one must have ended in ${last}` };
}

/** Three digits are enough to compare by. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function exact(count: number): string {
  return count.toLocaleString("en");
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
