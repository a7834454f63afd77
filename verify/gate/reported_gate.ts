import type { RateBounds, RateVerdict } from "../stats/confidence_sequence.ts";
import type { Certification } from "./certification.ts";
import type { GateCondition } from "./condition.ts";

/** What was counted since the evidence was last voided. */
export interface ReportedEpisode {
  /** Which counted episode it is, from 1: the bounds of each one are wider. */
  number: number;
  /** When it began, ISO 8601 in UTC. */
  startedAt: string;
  /** Why the counting began anew. */
  why: string;
  /** Key visits: one for each key and minute in which it was compared. */
  visits: number;
  /** Key visits that found a diff. */
  diffs: number;
  /** Key visits that found the key late. */
  late: number;
  /** Between which bounds the true share of key visits with a diff lies, with the gate's confidence. */
  diffRate: RateBounds;
  /** Between which bounds the true share of key visits that find a key late lies, with the gate's confidence. */
  lateRate: RateBounds;
}

/** Whether the new map may come to answer more keys, and why. */
export interface ReportedGate {
  /** `pass` if every condition passes, `fail` if one fails, else `hold`. */
  verdict: RateVerdict;
  /** Every condition, those that do not pass first. */
  conditions: GateCondition[];
  /** The share of key visits with a diff that must not be reached. */
  threshold: number;
  /** The share of key visits with a late key that must not be reached. */
  lateThreshold: number;
  /** For how many milliseconds comparisons must go on without a break before the new map answers its first key. */
  holdMs: number;
  /** The confidence of the bounds, such as 0.95. */
  confidence: number;
  /** How many distinct keys must have been compared. */
  minKeys: number;
  /** How many times as long reads of the new map may take, at p50 and at p99; `null` if latency is not judged. */
  latencyFactor: number | null;
  /** How old the last clean sweep may be, in milliseconds; `null`: any age. */
  sweepMaxAgeMs: number | null;
  /** What was counted. */
  episode: ReportedEpisode;
  /** How far the diff rate is from being certified. */
  certification: Certification;
}
