import { HyperLogLog } from "./hyper_log_log.ts";
import { LatencyHistogram } from "./histogram.ts";
import { keyHash, mixHash } from "../../src/keys/key_hash.ts";
import { DIFF_KINDS, type DiffKind, type ReportedDiff } from "../report/report.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import { TimeWindows, type WindowCount } from "./time_windows.ts";

/** Where a share of the keys is compared, their hashes lie close to each other; those that are counted may not. */
const DISTINCT_SALT = 0x44495354;

/**
 * What was counted: totals, time windows, the last diffs, latencies. Its memory is fixed.
 *
 * The callers' operations are counted by a bare increment, since that is on their way; they reach the windows when
 * something else is counted or a report is made.
 */
export class Ledger {
  /** The callers' operations. */
  readonly operations: OperationSampler;
  /** Comparisons that were due. */
  due = 0;
  /** Comparisons that found both sides equal at once. */
  matched = 0;
  /** Comparisons whose difference was gone at the re-check. */
  transient = 0;
  /** Comparisons whose difference was confirmed. */
  diffs = 0;
  /** Comparisons that could not tell. */
  inconclusive = 0;
  /** Comparisons that found a key only where no side had evicted it. */
  evicted = 0;
  /** Comparisons that were due and not made. */
  dropped = 0;
  /** Errors of the owner's functions. */
  hookErrors = 0;
  /** Diffs by kind. */
  readonly byKind = Object.fromEntries(DIFF_KINDS.map((kind) => [kind, 0])) as Record<DiffKind, number>;
  /** The distinct keys that were compared, and those that had a diff. */
  readonly comparedKeys: HyperLogLog = new HyperLogLog();
  readonly diffKeys: HyperLogLog = new HyperLogLog();
  /** Latencies of the two sides' reads. */
  readonly oldLatency: LatencyHistogram = new LatencyHistogram();
  readonly newLatency: LatencyHistogram = new LatencyHistogram();
  /** The last two minutes by the second, the last hour by the minute: it may have begun within one, and ends within one. */
  readonly seconds: TimeWindows = new TimeWindows(1_000, 120);
  readonly minutes: TimeWindows = new TimeWindows(60_000, 62);

  readonly #recent: ReportedDiff[] = [];
  readonly #maxRecent: number;
  /** What of the totals has reached the windows. */
  readonly #windowed: Record<WindowCount, number> = { reads: 0, writes: 0, compared: 0, diffs: 0 };

  /** @param maxRecent How many of the last diffs are kept. */
  constructor(operations: OperationSampler, maxRecent: number) {
    this.operations = operations;
    this.#maxRecent = maxRecent;
  }

  /** Comparisons that came to an end. */
  get compared(): number {
    return this.matched + this.transient + this.diffs;
  }

  /** Comparisons that are still to be made. */
  get pending(): number {
    return this.due - this.compared - this.evicted - this.inconclusive - this.dropped;
  }

  /** The last diffs, the newest first. */
  get recent(): ReportedDiff[] {
    return this.#recent.toReversed();
  }

  /** Counts `key` among the keys that are compared. */
  compares(key: unknown): void {
    this.comparedKeys.add(distinctHash(key));
  }

  /** Counts `comparisons` of `key` that ended in `diff`. */
  diff(key: unknown, diff: ReportedDiff, comparisons: number): void {
    this.diffs += comparisons;
    this.byKind[diff.kind] += comparisons;
    this.compares(key);
    this.diffKeys.add(distinctHash(key));
    this.#recent.push(diff);
    if (this.#recent.length > this.#maxRecent) this.#recent.shift();
  }

  /** Brings the windows up to `nowMs`. */
  advance(nowMs: number): void {
    this.#advance("reads", this.operations.reads, nowMs);
    this.#advance("writes", this.operations.writes, nowMs);
    this.#advance("compared", this.compared, nowMs);
    this.#advance("diffs", this.diffs, nowMs);
  }

  #advance(count: WindowCount, total: number, nowMs: number): void {
    const amount = total - this.#windowed[count];
    if (amount === 0) return;
    this.#windowed[count] = total;
    this.seconds.add(count, amount, nowMs);
    this.minutes.add(count, amount, nowMs);
  }
}

function distinctHash(key: unknown): number {
  return mixHash(keyHash(key), DISTINCT_SALT);
}
