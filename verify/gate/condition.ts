import type { Side } from "../stages/stage.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";
import type { LatencyHistogram } from "../stats/histogram.ts";
import type { Alarm } from "./detector.ts";

/** What the gate judges: the counts of the present episode, and what is known of the two sides as wholes. */
export interface GateEvidence {
  /** Which counted episode it is, from 1. */
  readonly episode: number;
  /** Key visits, and how many of them found a diff or a key late. */
  readonly visits: { readonly count: number; readonly diffs: number; readonly late: number };
  /** The alarm of the detector; `undefined` if there was none. */
  readonly alarm: Alarm | undefined;
  /** Latencies of reads, taken apart in time. */
  readonly latency: { readonly [side in Side]: LatencyHistogram };
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
  /** How many milliseconds ago it ended: infinite if there was none. */
  readonly sweptAgoMs: number;
  /** How many keys looked different and wait to be looked at again. */
  readonly doubtful: number;
  /** How many keys wait to be copied again. */
  readonly journaled: number;
  /** In how many seconds of the last minute, and of the last ten, calls to the new map failed. */
  readonly failingSeconds: { readonly lastMinute: number; readonly lastTenMinutes: number };
  /** Whether the new map answers for some keys. */
  readonly newAnswers: boolean;
  /** What the owner's checks answered. */
  readonly checks: readonly GateCondition[];
  /** How many milliseconds ago the last comparison ended, at most: infinite if none is known to have ended. */
  readonly comparedAgoMs: number;
}

/** What the gate itself asks about, one condition each. */
export type GateConditionName =
  | "backfill"
  | "sweep"
  | "diffs"
  | "late"
  | "alarm"
  | "latency"
  | "errors"
  | "journal"
  | "coverage"
  | "keys"
  | "hold"
  | "recent";

/** One condition of the gate. */
export interface GateCondition {
  /** What it is about: one of the gate's own conditions, or a check of the owner. */
  readonly name: GateConditionName | `check ${string}`;
  /** `pass`; `hold` if that is not known yet; or `fail` if the new map is known not to be good enough. */
  readonly verdict: RateVerdict;
  /** Why, in words. */
  readonly reason: string;
}
