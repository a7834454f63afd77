import { checkOptions, numberFrom, type Rules, wholeNumber } from "../../src/options.ts";
import { judgeRate, rateBounds, type RateVerdict } from "../stats/confidence_sequence.ts";
import { timeSpan } from "../stats/time_span.ts";
import { alphaOf } from "./episode.ts";

/** Options for the gate of a twin; each has a default. */
export interface GateOptions {
  /**
   * The gate passes only if the share of key visits with a diff, and of those with a late key, is below this for certain: 1e-12
   * to 0.1.
   * @default {1e-6}
   */
  readonly threshold?: number;
  /**
   * For how many milliseconds, without a break, comparisons must have gone on below the threshold before the new map answers
   * its first key: 0 to 30 days. A minute without a comparison, or with a diff, is a break.
   * @default {3600000}
   */
  readonly holdMs?: number;
  /**
   * With which probability the bounds hold, over all looks and all episodes together: 0.5 to 0.9999.
   * @default {0.95}
   */
  readonly confidence?: number;
  /**
   * How many distinct keys must have been compared: 0 to 2^53 - 1.
   * @default {0}
   */
  readonly minKeys?: number;
}

/** {@link GateOptions} with nothing left open. */
export type CheckedGateOptions = Required<GateOptions>;

const RULES: Rules<GateOptions> = {
  threshold: numberFrom(1e-12, 0.1),
  holdMs: numberFrom(0, 30 * 24 * 60 * 60 * 1_000),
  confidence: numberFrom(0.5, 0.9999),
  minKeys: wholeNumber(0, Number.MAX_SAFE_INTEGER),
};

const DEFAULTS: CheckedGateOptions = { threshold: 1e-6, holdMs: 60 * 60 * 1_000, confidence: 0.95, minKeys: 0 };

/**
 * Checks the options of a gate and fills in the defaults.
 *
 * @param action What fails if one is refused.
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If one is out of its range.
 */
export function checkGateOptions(action: string, options: GateOptions | undefined): CheckedGateOptions {
  return checkOptions(action, options, RULES, DEFAULTS, "gate");
}

/** What the gate judges: the counts of the present episode, and what is known of the two sides as wholes. */
export interface GateEvidence {
  /** Which counted episode it is, from 1. */
  readonly episode: number;
  /** Key visits, and how many of them found a diff or a key late. */
  readonly visits: { readonly count: number; readonly diffs: number; readonly late: number };
  /** Comparisons that were due. */
  readonly due: number;
  /** Comparisons that were inconclusive or dropped, or are pending. */
  readonly unclaimed: number;
  /** How many distinct keys were compared, at least. */
  readonly comparedKeys: number;
  /** For how long, in milliseconds, comparisons have gone on without a break. */
  readonly unbrokenMs: number;
  /** Whether the new map came to answer keys in this episode after `holdMs` without a break. */
  readonly wasHeld: boolean;
  /** Whether both sides hold everything that was there before both were written. */
  readonly backfilled: boolean;
  /** Whether the last sweep was clean, and nothing has spoken against it since. */
  readonly sweptClean: boolean;
  /** How many keys looked different and wait to be looked at again. */
  readonly doubtful: number;
  /** How many milliseconds ago the last comparison ended, at most: infinite if none is known to have ended. */
  readonly comparedAgoMs: number;
}

/** What the gate asks about, one condition each. */
export type GateConditionName = "backfill" | "sweep" | "diffs" | "late" | "coverage" | "keys" | "hold" | "recent";

/** One condition of the gate. */
export interface GateCondition {
  /** What it is about. */
  readonly name: GateConditionName;
  /** `pass`; `hold` if that is not known yet; or `fail` if the new map is known not to be good enough. */
  readonly verdict: RateVerdict;
  /** Why, in words. */
  readonly reason: string;
}

/** Whether a stage may be left, and why. */
export interface GateVerdict {
  /** `pass` if every condition passes, `fail` if one fails, else `hold`. */
  readonly verdict: RateVerdict;
  /** Every condition, those that do not pass first. */
  readonly conditions: readonly GateCondition[];
}

/** Up to this share of the comparisons due may be inconclusive, dropped or pending. */
const MAX_UNCLAIMED = 0.01;

/** The last comparison must have ended within so many minutes: what was seen before says nothing about the maps of today. */
const MAX_AGE_MINUTES = 10;

/**
 * Judges whether a stage may be left. All conditions must pass, each at the full error allowed for the episode: the gate then
 * errs at most as often as one of them (R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling",
 * Technometrics 24 (1982): intersection-union tests).
 */
export function judgeGate(evidence: GateEvidence, options: CheckedGateOptions): GateVerdict {
  const conditions = [
    backfill(evidence),
    sweep(evidence),
    rate("diffs", evidence, options),
    rate("late", evidence, options),
    coverage(evidence),
    keys(evidence, options),
    hold(evidence, options),
    recent(evidence),
  ];
  const order: readonly RateVerdict[] = ["fail", "hold", "pass"];
  conditions.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return { verdict: conditions[0]?.verdict ?? "hold", conditions };
}

/** The error that the bounds of this episode may make. */
export function episodeAlpha({ episode }: Pick<GateEvidence, "episode">, confidence: number): number {
  return alphaOf(episode, 1 - confidence);
}

function backfill({ backfilled }: GateEvidence): GateCondition {
  return backfilled
    ? { name: "backfill", verdict: "pass", reason: "both maps hold what was there before" }
    : { name: "backfill", verdict: "hold", reason: "a backfill must finish" };
}

function sweep({ sweptClean, doubtful }: GateEvidence): GateCondition {
  if (!sweptClean) return { name: "sweep", verdict: "hold", reason: "a sweep of all keys must finish clean" };
  if (doubtful === 0) return { name: "sweep", verdict: "pass", reason: "a sweep of all keys was clean" };
  const keys = doubtful === 1 ? "1 key looked" : `${doubtful.toLocaleString("en")} keys looked`;
  return {
    name: "sweep",
    verdict: "hold",
    reason: `${keys} different since the clean sweep, and must be looked at again`,
  };
}

function rate(
  name: "diffs" | "late",
  evidence: GateEvidence,
  { threshold, confidence }: CheckedGateOptions,
): GateCondition {
  const { count } = evidence.visits;
  const found = evidence.visits[name];
  const alpha = episodeAlpha(evidence, confidence);
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

function coverage({ due, unclaimed }: GateEvidence): GateCondition {
  const share = due === 0 ? 0 : unclaimed / due;
  const reason = `${percent(share)} of the comparisons due are inconclusive, dropped or pending`;
  if (share <= MAX_UNCLAIMED) return { name: "coverage", verdict: "pass", reason };
  return { name: "coverage", verdict: "hold", reason: `${reason}: at most ${percent(MAX_UNCLAIMED)} may be` };
}

function keys({ comparedKeys }: GateEvidence, { minKeys }: CheckedGateOptions): GateCondition {
  const needed = minKeys === 0 ? "" : `, ${minKeys.toLocaleString("en")} are needed`;
  const reason = `${comparedKeys.toLocaleString("en")} distinct keys compared${needed}`;
  return { name: "keys", verdict: comparedKeys >= minKeys ? "pass" : "hold", reason };
}

function hold({ wasHeld, unbrokenMs }: GateEvidence, { holdMs }: CheckedGateOptions): GateCondition {
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

function recent({ comparedAgoMs }: GateEvidence): GateCondition {
  const agoMinutes = comparedAgoMs / 60_000;
  const last = `the last ${MAX_AGE_MINUTES} minutes`;
  if (agoMinutes <= MAX_AGE_MINUTES) {
    return { name: "recent", verdict: "pass", reason: `a comparison ended in ${last}` };
  }
  const when = Number.isFinite(agoMinutes)
    ? `the last comparison ended ${Math.floor(agoMinutes).toLocaleString("en")} minutes ago`
    : "no comparison is known to have ended in this episode";
  return { name: "recent", verdict: "hold", reason: `${when}: one must have ended in ${last}` };
}

/** Three digits are enough to compare by. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
