import type { Traits } from "../../src/concurrent_map.ts";
import type { ReportedGate } from "../gate/reported_gate.ts";
import type { Position } from "../stages/moves.ts";
import type { Stage } from "../stages/stage.ts";
import { type ReportedLatency, reportLatency } from "./reported_latency.ts";
import type { ReportedRollout } from "./reported_rollout.ts";
import type { DiffKind } from "../stats/diff_kind.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { ReportedWindow } from "../stats/time_windows.ts";
import type { WorkState } from "../work/job.ts";

/** A place at which two values differ. Without `reveal`, nothing of the values themselves is in it. */
export interface ReportedPath {
  /** The path from the value to the place, such as `.address[0].city` with `reveal`; empty for the value itself. */
  path: string;
  /** What the old map's value holds there. */
  old: string;
  /** What the new map's value holds there. */
  new: string;
}

/**
 * One confirmed difference between the two sides. Without `reveal`, a key is a digest and a value its type and size; whether a
 * `delete`, `compareAndSet` or `compareAndDelete` did something is always shown.
 */
export interface ReportedDiff {
  /** When it was confirmed, ISO 8601 in UTC. */
  at: string;
  /** What differed. */
  kind: DiffKind;
  /** The method that made the comparison due, or `sweep`. */
  operation: string;
  /** The key; empty if the sizes differ. */
  key: string;
  /** What the old map had or answered. */
  old: string;
  /** What the new map had or answered. */
  new: string;
  /** Where two values differ, for the kinds `value` and `aliased`. */
  paths: ReportedPath[];
}

/** One of the most used keys. Without `reveal`, it is a digest. */
export interface ReportedHotKey {
  /** The key. */
  key: string;
  /** How many operations there were on it, at most. */
  count: number;
  /** By how much `count` may be too high. */
  error: number;
}

/** Something that a person decided, beside the gate or past it. */
export interface ReportedDecision {
  /** When, ISO 8601 in UTC. */
  at: string;
  /** `force`: a move past the gate; `reset`: the counting began anew; `back`: the way to where the old map answers. */
  kind: "force" | "reset" | "back";
  /** The stage: that of the forced move, or the present one. */
  stage: Stage;
  /** The percentage of keys that the new map answers for there. */
  percent: number;
  /** The reason given. */
  why: string;
  /** What was missing, a phrase each. */
  missing: string[];
}

/** A move of the twin to another stage, or to another share of the keys. */
export interface ReportedStageChange extends Position {
  /** When, ISO 8601 in UTC. */
  at: string;
}

/** How far a sweep or a backfill has got. */
export interface ReportedProgress {
  /** Whether it is under way. */
  state: WorkState;
  /** Entries copied, or looked at in both directions. */
  done: number;
  /** Entries to do, as of the start; 0 if that is not known. */
  total: number;
  /** Entries done a second, while it was running. */
  perSecond: number;
  /** How long it will take to the end at this rate, in milliseconds; `null` if it is not under way, or that is not known. */
  leftMs: number | null;
}

/** Everything known about a twin at one moment, as a plain object: what the page, the JSON and the metrics show. */
export interface TwinReport {
  /** The twin's name. */
  name: string;
  /** The stage it is at. */
  stage: Stage;
  /** The share of keys that the new map answers for at this stage, 0 to 100. */
  percent: number;
  /** When the twin was created, ISO 8601 in UTC. */
  startedAt: string;
  /** When this report was made, ISO 8601 in UTC. */
  reportedAt: string;
  /**
   * The stages next to this one, and what is missing for a move to each; empty if the move is allowed. For `live`: with 100 %
   * of the keys. A move to `live` with 0 % is missing nothing at `shadow`.
   */
  moves: { stage: Stage; missing: string[] }[];
  /** The traits of each map, to show which of them the new map does not have. */
  traits: { old: Traits; new: Traits };
  /** What callers did. */
  operations: { reads: number; writes: number };
  /** Writes to the other side. */
  mirror: {
    /** Whether writes are mirrored inline or queued at this stage. */
    mode: "inline" | "queued";
    /** Queued writes that are still to be applied. */
    pending: number;
    /** Writes at which the other side threw. */
    errors: number;
    /** How often the queue was full, so that a caller had to apply the oldest write in it, or to wait for it. */
    overruns: number;
    /** How many keys wait to be copied again: a write to them failed, or it is unknown what became of it. */
    journaled: number;
    /** Whether the other side fails or does not answer: until a copy succeeds, the keys of writes go to the journal at once. */
    broken: boolean;
  };
  /** The share of keys that is compared, 0 to 1. */
  sample: number;
  /** Comparisons that were due: compared + evicted + ignored + inconclusive + dropped + pending. */
  due: number;
  /** Comparisons with a result: matched + late + diffs. */
  compared: number;
  /** Comparisons that found both sides equal at once. */
  matched: number;
  /** Comparisons that found a difference, confirmed by a re-check. */
  diffs: number;
  /** Comparisons that found a difference that was gone at the re-check: the other side was late. */
  late: number;
  /**
   * Comparisons that found a key on one side only, or a write answered as if one side did not have the key, where the map of
   * that side had evicted the key before. They count neither for the new map nor against it.
   */
  evicted: number;
  /** Comparisons of a key that the owner's `ignore` excepts. */
  ignored: number;
  /**
   * Comparisons that ended without a verdict: the key was written to whenever it was looked at, `equals` threw, or the values
   * are too large to compare.
   */
  inconclusive: number;
  /** Comparisons not made because a bound was reached, or because the stage was left or the twin closed. */
  dropped: number;
  /** Comparisons still to be made. */
  pending: number;
  /** `diffs / compared`, or 0 before the first comparison. */
  diffRate: number;
  /**
   * The upper bound of the true share of key visits with a diff, over the present episode of the gate and with its
   * confidence: 1 before the first comparison.
   */
  diffRateUpper: number;
  /** An estimate of how many distinct keys were compared. */
  comparedKeys: number;
  /** An estimate of how many distinct keys had a diff. */
  diffKeys: number;
  /** Diffs by kind. */
  byKind: Record<DiffKind, number>;
  /** The last diffs, the newest first. */
  recent: ReportedDiff[];
  /** The latency of sampled reads, in nanoseconds, of both sides under the same conditions. */
  latency: { unit: "ns"; old: ReportedLatency; new: ReportedLatency };
  /** Whether the new map may come to answer more keys, and why. */
  gate: ReportedGate;
  /** The last 20 decisions, the newest first. */
  decisions: ReportedDecision[];
  /** The last 50 moves, the newest first. */
  stageChanges: ReportedStageChange[];
  /** The rollout that moves the twin by itself; `null` if none does. */
  rollout: ReportedRollout | null;
  /** Copying what one side already held to the other. */
  backfill: ReportedProgress & {
    /** Entries deleted that only the other map had. */
    deleted: number;
    /** Entries that only the other map had, and that were left since that map is shared more widely. */
    left: number;
  };
  /** The last sweep: a comparison of all keys. */
  sweep: ReportedProgress & {
    diffs: number;
    /** Keys on which the other side was behind. */
    late: number;
    inconclusive: number;
    /** Keys that a side lacks because it evicted them. */
    evicted: number;
    /** Keys that the owner's `ignore` excepts. */
    ignored: number;
    /**
     * Whether it ended, and since it began neither it nor any other comparison or mirrored write found anything but evicted
     * keys; `null` before it ended.
     */
    clean: boolean | null;
  };
  /** The most used keys, in descending order; `null` if the twin was created without `hotKeys`. */
  hotKeys: ReportedHotKey[] | null;
  /** Errors of `onDiff`, `onEvent`, `equals`, `ignore`, `clock` or the `top` of `hotKeys`; no caller ever sees one. */
  hookErrors: number;
  /**
   * The last two minutes by the second, and the last hour by the minute, the oldest first. The hour has 62 windows, since it
   * may start within one minute and end within another.
   */
  windows: { seconds: ReportedWindow[]; minutes: ReportedWindow[] };
}

/** The parts of a report that only the twin knows; the ledger has the rest. */
export type TwinState =
  & Pick<
    TwinReport,
    | "name"
    | "stage"
    | "percent"
    | "moves"
    | "traits"
    | "mirror"
    | "sample"
    | "backfill"
    | "sweep"
    | "gate"
    | "decisions"
    | "stageChanges"
    | "rollout"
    | "hotKeys"
    | "recent"
  >
  & { readonly clockErrors: number };

/** Makes the report of a twin from its state and from what its ledger has counted. */
export function makeReport(state: TwinState, ledger: Ledger, startedAtMs: number, nowMs: number): TwinReport {
  const { compared, diffs } = ledger;
  const { clockErrors, ...shown } = state;
  return {
    ...shown,
    startedAt: new Date(startedAtMs).toISOString(),
    reportedAt: new Date(nowMs).toISOString(),
    operations: { reads: ledger.operations.reads, writes: ledger.operations.writes },
    due: ledger.due,
    compared,
    matched: ledger.matched,
    diffs,
    late: ledger.late,
    evicted: ledger.evicted,
    ignored: ledger.ignored,
    inconclusive: ledger.inconclusive,
    dropped: ledger.dropped,
    pending: ledger.pending,
    diffRate: compared === 0 ? 0 : diffs / compared,
    diffRateUpper: state.gate.episode.diffRate.upper,
    comparedKeys: ledger.comparedKeys,
    diffKeys: ledger.diffKeys.estimate(),
    byKind: { ...ledger.byKind },
    latency: { unit: "ns", old: reportLatency(ledger.oldLatency), new: reportLatency(ledger.newLatency) },
    hookErrors: ledger.hookErrors + clockErrors,
    windows: { seconds: ledger.seconds.list(nowMs), minutes: ledger.minutes.list(nowMs) },
  };
}
