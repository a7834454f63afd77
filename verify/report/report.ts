import type { Traits } from "../../src/concurrent_map.ts";
import { rateBounds } from "../stats/confidence_sequence.ts";
import type { LatencyHistogram } from "../stats/histogram.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { Stage } from "../migration/stage.ts";

/** What can differ between the two sides. */
export type DiffKind = "missing" | "extra" | "value" | "result" | "error" | "order";

/** The kinds of diff: the old map has it and the new one not, the other way round, and so on. */
export const DIFF_KINDS: readonly DiffKind[] = ["missing", "extra", "value", "result", "error", "order"];

/** A place at which two values differ. Without `reveal`, nothing of the values themselves is in it. */
export interface ReportedPath {
  /** The way from the value to the place, with `reveal` such as `.address[0].city`; empty for the value itself. */
  path: string;
  /** What stands there in the old map's value. */
  old: string;
  /** What stands there in the new map's value. */
  new: string;
}

/** One confirmed difference between the two sides. Without `reveal`, a key is a digest and a value its type and size. */
export interface ReportedDiff {
  /** When it was confirmed, ISO 8601 in UTC. */
  at: string;
  /** What differed. */
  kind: DiffKind;
  /** The method that made the comparison due, or `sweep`. */
  operation: string;
  /** The key. */
  key: string;
  /** What the old map had or answered. */
  old: string;
  /** What the new map had or answered. */
  new: string;
  /** Where two values differ, for kind `value`. */
  paths: ReportedPath[];
}

/** What was counted from `startMs` on, for as long as the windows of its list are wide. */
export interface ReportedWindow {
  /** When the window begins, in milliseconds since the Unix epoch: a multiple of its width. */
  startMs: number;
  /** Reads by callers. */
  reads: number;
  /** Writes by callers. */
  writes: number;
  /** Comparisons made. */
  compared: number;
  /** Comparisons that ended in a diff. */
  diffs: number;
}

/** Quantiles of one side's latency in nanoseconds; `null` before the first measurement. */
export interface ReportedLatency {
  /** How many reads were measured. */
  count: number;
  /** The sum of what was measured, in nanoseconds. */
  sumNs: number;
  /** The median, in nanoseconds. */
  p50: number | null;
  /** The 99th percentile, in nanoseconds. */
  p99: number | null;
  /** The 99.9th percentile, in nanoseconds. */
  p999: number | null;
  /** Cumulative counts: how many took at most `atMostNs`. */
  buckets: { atMostNs: number; count: number }[];
}

/** A key that is used much. Without `reveal`, it is a digest. */
export interface ReportedHotKey {
  /** The key. */
  key: string;
  /** How many operations there were on it, at most. */
  count: number;
  /** By how much `count` may be too high. */
  error: number;
}

/** How far a sweep or a backfill has got. */
export type WorkState = "never" | "running" | "paused" | "done" | "aborted";

/** Everything that is known of a twin at one moment, as a plain object: what the page, the JSON and the metrics show. */
export interface TwinReport {
  /** The twin's name. */
  name: string;
  /** The stage it is at. */
  stage: Stage;
  /** The share of keys that the new map answers for at this stage, 0 to 100. */
  percent: number;
  /** When the twin was made, ISO 8601 in UTC. */
  startedAt: string;
  /** When this report was made, ISO 8601 in UTC. */
  reportedAt: string;
  /** The stages that can be moved to, and what is missing for each; nothing if it is open. */
  moves: { stage: Stage; missing: string[] }[];
  /** What each map promises, so that a promise which the new one does not make can be seen. */
  traits: { old: Traits; new: Traits };
  /** What callers did. */
  operations: { reads: number; writes: number };
  /** Writes to the other side. */
  mirror: {
    /** Inline or queued, at this stage. */
    mode: "inline" | "queued";
    /** Writes that wait to be applied. */
    pending: number;
    /** Writes at which the other side threw. */
    errors: number;
    /** How often the queue was full, so that a caller had to apply a write that waited. */
    overruns: number;
  };
  /** The share of keys that is compared, 0 to 1. */
  sample: number;
  /** Comparisons that were due: compared + evicted + inconclusive + dropped + pending. */
  due: number;
  /** Comparisons that came to an end: matched + transient + diffs. */
  compared: number;
  /** Comparisons that found both sides equal at once. */
  matched: number;
  /** Comparisons that found a difference, confirmed by a re-check. */
  diffs: number;
  /** Comparisons that found a difference which was gone at the re-check. */
  transient: number;
  /**
   * Comparisons that found a key on one side only, or a write answered as if one side had no such key, where that side's map
   * had evicted it at some time. They speak neither for the new map nor against it.
   */
  evicted: number;
  /** Comparisons whose key was written to whenever it was looked at. */
  inconclusive: number;
  /** Comparisons not made because a bound was reached, or because the stage was left or the twin closed. */
  dropped: number;
  /** Comparisons still to be made. */
  pending: number;
  /** `diffs / compared`, or 0 before the first comparison. */
  diffRate: number;
  /** The upper bound of the true diff rate at `confidence`: 1 before the first comparison. */
  diffRateUpper: number;
  /** The confidence of the bounds, such as 0.95. */
  confidence: number;
  /** About how many distinct keys were compared. */
  comparedKeys: number;
  /** About how many distinct keys had a diff. */
  diffKeys: number;
  /** The upper bound of the share of keys that have a diff. */
  diffKeyRateUpper: number;
  /** Diffs by kind. */
  byKind: Record<DiffKind, number>;
  /** The last diffs, the newest first. */
  recent: ReportedDiff[];
  /** The latency of sampled reads, in nanoseconds, of both sides under the same conditions. */
  latency: { unit: "ns"; old: ReportedLatency; new: ReportedLatency };
  /** Whether the diff rate says that the stage may be left. */
  gate: {
    /** The rate that must not be reached. */
    threshold: number;
    /** For how long, in milliseconds, without a break. */
    overMs: number;
    /** Whether the condition holds. */
    met: boolean;
    /** What is missing, a phrase each. */
    missing: string[];
  };
  /** Copying what one side already held to the other. */
  backfill: { state: WorkState; done: number; total: number };
  /** Comparing all keys: the last sweep. */
  sweep: {
    state: WorkState;
    /** Entries looked at, in both directions. */
    done: number;
    /** Entries to look at, as of the sweep's beginning. */
    total: number;
    diffs: number;
    inconclusive: number;
    /** Keys that a side lacks since it evicted them. */
    evicted: number;
    /** Whether it ended and found nothing, be it that keys were evicted; `null` before it ended. */
    clean: boolean | null;
  };
  /** The keys that are used the most, in descending order; `null` if the twin was given none that knows them. */
  hotKeys: ReportedHotKey[] | null;
  /** Errors thrown by `onDiff`, `equals` or the `top` of `hotKeys`: they never reach a caller. */
  hookErrors: number;
  /**
   * The last two minutes, by the second, and the last hour, by the minute, with the minutes within which it began and
   * ends; the oldest first.
   */
  windows: { seconds: ReportedWindow[]; minutes: ReportedWindow[] };
}

/** The diff rate that must not be reached: 0.0001 %. */
const THRESHOLD = 1e-6;
/** The time, in milliseconds, over which it must not be reached. */
const GATE_MS = 60 * 60 * 1_000;
const CONFIDENCE = 0.95;
/** The upper bounds of the latency buckets, in nanoseconds: 50 ns to 1 s. */
const BUCKETS_NS: readonly number[] = [
  50,
  100,
  250,
  500,
  1e3,
  2.5e3,
  5e3,
  1e4,
  2.5e4,
  5e4,
  1e5,
  2.5e5,
  5e5,
  1e6,
  1e7,
  1e8,
  1e9,
];
/** The estimate of distinct keys is off by less than this share in all but a few of a thousand cases. */
const DISTINCT_ERROR = 0.05;

/** What only the twin knows; the rest of a report is in its ledger. */
export type TwinState = Pick<
  TwinReport,
  "name" | "stage" | "percent" | "moves" | "traits" | "mirror" | "sample" | "backfill" | "sweep" | "hotKeys"
>;

/** The report of a twin in the state `state`, with what `ledger` counted. */
export function makeReport(state: TwinState, ledger: Ledger, startedAtMs: number, nowMs: number): TwinReport {
  const { compared, diffs } = ledger;
  const comparedKeys = Math.round(ledger.comparedKeys.estimate());
  const diffKeys = Math.round(ledger.diffKeys.estimate());
  const minutes = ledger.minutes.list(nowMs);
  return {
    ...state,
    startedAt: new Date(startedAtMs).toISOString(),
    reportedAt: new Date(nowMs).toISOString(),
    operations: { reads: ledger.operations.reads, writes: ledger.operations.writes },
    due: ledger.due,
    compared,
    matched: ledger.matched,
    diffs,
    transient: ledger.transient,
    evicted: ledger.evicted,
    inconclusive: ledger.inconclusive,
    dropped: ledger.dropped,
    pending: ledger.pending,
    diffRate: compared === 0 ? 0 : diffs / compared,
    diffRateUpper: rateBounds(diffs, compared, THRESHOLD, 1 - CONFIDENCE).upper,
    confidence: CONFIDENCE,
    comparedKeys,
    diffKeys,
    diffKeyRateUpper: keyRateUpper(diffKeys, comparedKeys),
    byKind: { ...ledger.byKind },
    recent: ledger.recent,
    latency: { unit: "ns", old: reportLatency(ledger.oldLatency), new: reportLatency(ledger.newLatency) },
    gate: reportGate(minutes),
    hookErrors: ledger.hookErrors,
    windows: { seconds: ledger.seconds.list(nowMs), minutes },
  };
}

/** The bound for keys, with both estimates taken at their worst. */
function keyRateUpper(diffKeys: number, comparedKeys: number): number {
  const compared = Math.floor(comparedKeys * (1 - DISTINCT_ERROR));
  const diffs = Math.min(compared, Math.ceil(diffKeys * (1 + DISTINCT_ERROR)));
  return rateBounds(diffs, compared, THRESHOLD, 1 - CONFIDENCE).upper;
}

function reportLatency(histogram: LatencyHistogram): ReportedLatency {
  return {
    count: histogram.count,
    sumNs: histogram.sumNs,
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    buckets: BUCKETS_NS.map((atMostNs) => ({ atMostNs, count: histogram.countAtMost(atMostNs) })),
  };
}

function reportGate(minutes: readonly ReportedWindow[]): TwinReport["gate"] {
  const compared = minutes.reduce((sum, window) => sum + window.compared, 0);
  const diffs = minutes.reduce((sum, window) => sum + window.diffs, 0);
  const withoutBreak = minutes.slice(0, -1).every((window) => window.compared > 0);
  const missing: string[] = [];
  if (!withoutBreak) missing.push("an hour with comparisons in every minute");
  if (compared === 0 || diffs / compared >= THRESHOLD) missing.push("a diff rate below the threshold in the last hour");
  if (rateBounds(diffs, compared, THRESHOLD, 1 - CONFIDENCE).upper >= THRESHOLD) {
    missing.push("enough comparisons in the last hour for its upper bound to be below the threshold");
  }
  return { threshold: THRESHOLD, overMs: GATE_MS, met: missing.length === 0, missing };
}
