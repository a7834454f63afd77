import { HyperLogLog } from "./hyper_log_log.ts";
import { LatencyHistogram } from "./histogram.ts";
import { type KeyHash, makeKeyHash, mixHash } from "../../src/keys/key_hash.ts";
import { DIFF_KINDS, type DiffKind } from "./diff_kind.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import { TimeWindows, type WindowCount } from "./time_windows.ts";

/** Spreads the hashes that are counted: where only a share of the keys is compared, the hashes of those keys are close. */
const DISTINCT_SALT = 0x44495354;

/**
 * The counts: totals, counts by the second and by the minute, distinct keys, latencies. Its memory is fixed.
 *
 * Callers' operations, and comparisons, are counted by a bare increment, to cost the caller nothing more. They are added
 * to the windows by {@link advance}, which is called after each slice of comparisons and before each report.
 */
export class Ledger {
  /** The callers' operations. */
  readonly operations: OperationSampler;
  /** Comparisons that were due: compared + evicted + inconclusive + dropped + pending. */
  due = 0;
  /** Comparisons that found both sides equal at once. */
  matched = 0;
  /** Comparisons whose difference was gone at the re-check. */
  transient = 0;
  /** Comparisons whose difference was confirmed. */
  diffs = 0;
  /** Comparisons that ended without a verdict. */
  inconclusive = 0;
  /** Comparisons whose difference is explained: the side that lacks the key had evicted it. */
  evicted = 0;
  /** Comparisons that were due but not made. */
  dropped = 0;
  /** Errors thrown by the owner's functions. */
  hookErrors = 0;
  /** Diffs by kind. */
  readonly byKind = Object.fromEntries(DIFF_KINDS.map((kind) => [kind, 0])) as Record<DiffKind, number>;
  /** The distinct keys that were compared, and those that had a diff. */
  readonly comparedKeys: HyperLogLog = new HyperLogLog();
  readonly diffKeys: HyperLogLog = new HyperLogLog();
  /** Latencies of the two sides' reads. */
  readonly oldLatency: LatencyHistogram = new LatencyHistogram();
  readonly newLatency: LatencyHistogram = new LatencyHistogram();
  /** The last two minutes by the second, and the last hour by the minute: it may start within one and end within another. */
  readonly seconds: TimeWindows = new TimeWindows(1_000, 120);
  readonly minutes: TimeWindows = new TimeWindows(60_000, 62);

  readonly #hash: KeyHash;
  /** How much of each total the windows have. */
  readonly #windowed: Record<WindowCount, number> = { reads: 0, writes: 0, compared: 0, diffs: 0 };

  /** @param hash The hash of keys, by which distinct ones are counted. */
  constructor(operations: OperationSampler, hash: KeyHash = makeKeyHash()) {
    this.operations = operations;
    this.#hash = hash;
  }

  /** Comparisons with a result. */
  get compared(): number {
    return this.matched + this.transient + this.diffs;
  }

  /** Comparisons that are still to be made. */
  get pending(): number {
    return this.due - this.compared - this.evicted - this.inconclusive - this.dropped;
  }

  /** Counts `key` among the distinct keys that were compared. */
  compares(key: unknown): void {
    this.comparedKeys.add(this.#distinctHash(key));
  }

  /** Counts `comparisons` of `key` that ended in a diff. */
  diff(key: unknown, kind: DiffKind, comparisons: number): void {
    this.diffs += comparisons;
    this.byKind[kind] += comparisons;
    this.compares(key);
    this.diffKeys.add(this.#distinctHash(key));
  }

  /** Adds what was counted since the last call to the windows of `nowMs`. */
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

  #distinctHash(key: unknown): number {
    return mixHash(this.#hash(key), DISTINCT_SALT);
  }
}
