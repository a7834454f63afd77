import { HyperLogLog } from "./hyper_log_log.ts";
import { LatencyHistogram } from "./histogram.ts";
import { type KeyHash, makeKeyHash, mixHash } from "../../src/keys/key_hash.ts";
import { DIFF_KINDS, type DiffKind } from "./diff_kind.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Side } from "../stages/stage.ts";
import { type Finding, KeyVisits } from "./key_visits.ts";
import { LatencySamples } from "./latency_samples.ts";
import { LastComparison } from "./last_comparison.ts";
import { TimeWindows, type WindowCount } from "./time_windows.ts";
import { UnbrokenTime } from "./unbroken_time.ts";

/** Spreads the hashes that are counted: where only a share of the keys is compared, the hashes of those keys are close. */
const DISTINCT_SALT = 0x44495354;

/** The counts of the present episode, on which the gate rests. */
export interface EpisodeCounts {
  /** Comparisons that were due. */
  readonly due: number;
  /** Comparisons that were inconclusive or dropped, or are pending. */
  readonly unclaimed: number;
  /** An estimate of how many distinct keys were compared. */
  readonly comparedKeys: number;
  /** For how many milliseconds comparisons have gone on without a break. */
  readonly unbrokenMs: number;
  /** How many milliseconds ago the last comparison ended, at most: infinite if none is known to have ended. */
  readonly comparedAgoMs: number;
  /** The latencies that the two sides are judged by. */
  readonly latency: Pick<LatencySamples, Side>;
}

/**
 * The counts: totals since the start, key visits in the present episode, counts by the second and by the minute, distinct
 * keys, latencies. Its memory is fixed.
 *
 * Callers' operations, and comparisons, are counted by a bare increment, to cost the caller nothing more. They are added
 * to the windows by {@link advance}, which is called at each slice of comparisons, at the end of each second, and
 * before each report.
 */
export class Ledger {
  /** The callers' operations. */
  readonly operations: OperationSampler;
  /** Comparisons that were due: compared + evicted + ignored + inconclusive + dropped + pending. */
  due = 0;
  /** Comparisons that found both sides equal at once. */
  matched = 0;
  /** Comparisons whose difference was gone at the re-check: the other side was behind. */
  late = 0;
  /** Comparisons whose difference was confirmed. */
  diffs = 0;
  /** Comparisons that ended without a verdict. */
  inconclusive = 0;
  /** Comparisons whose difference is explained: the side that lacks the key had evicted it. */
  evicted = 0;
  /** Comparisons of a key that the owner has ignored. */
  ignored = 0;
  /** Comparisons that were due but not made. */
  dropped = 0;
  /** Errors thrown by the owner's functions. */
  hookErrors = 0;
  /** Diffs by kind. */
  readonly byKind = Object.fromEntries(DIFF_KINDS.map((kind) => [kind, 0])) as Record<DiffKind, number>;
  /** The key visits of the present episode. */
  readonly visits: KeyVisits = new KeyVisits();
  /** The distinct keys that had a diff. */
  readonly diffKeys: HyperLogLog = new HyperLogLog();
  /** Latencies of the two sides' reads. */
  readonly oldLatency: LatencyHistogram = new LatencyHistogram();
  readonly newLatency: LatencyHistogram = new LatencyHistogram();
  /** The last two minutes by the second, and the last hour by the minute: it may start within one and end within another. */
  readonly seconds: TimeWindows = new TimeWindows(1_000, 120);
  readonly minutes: TimeWindows = new TimeWindows(60_000, 62);

  readonly #hash: KeyHash;
  /** The distinct keys that were compared in the present episode, and in those before it. */
  #episodeKeys = new HyperLogLog();
  readonly #keysBefore = new HyperLogLog();
  /** The totals when the present episode began. */
  #dueBefore = 0;
  #unclaimedBefore = 0;
  #samples = new LatencySamples();
  #unbroken: UnbrokenTime;
  #last: LastComparison;
  /** How much of each total the windows have. */
  readonly #windowed: Record<WindowCount, number> = { reads: 0, writes: 0, compared: 0, diffs: 0 };

  /**
   * @param hash The hash of keys, by which distinct ones are counted.
   * @param nowMs The time at which the first episode begins, in milliseconds since the Unix epoch.
   */
  constructor(operations: OperationSampler, hash: KeyHash = makeKeyHash(), nowMs = 0) {
    this.operations = operations;
    this.#hash = hash;
    this.#unbroken = new UnbrokenTime(nowMs, 0);
    this.#last = new LastComparison(nowMs, 0);
    this.visits.advance(nowMs);
  }

  /** Comparisons with a result. */
  get compared(): number {
    return this.matched + this.late + this.diffs;
  }

  /** Comparisons that are still to be made. */
  get pending(): number {
    return this.due - this.compared - this.evicted - this.ignored - this.inconclusive - this.dropped;
  }

  /** An estimate of how many distinct keys were compared since the start. */
  get comparedKeys(): number {
    const all = new HyperLogLog();
    all.merge(this.#keysBefore);
    all.merge(this.#episodeKeys);
    return all.estimate();
  }

  /** The counts of the present episode; its key visits are in {@link visits}. */
  episode(nowMs: number): EpisodeCounts {
    return {
      due: this.due - this.#dueBefore,
      unclaimed: this.inconclusive + this.dropped + this.pending - this.#unclaimedBefore,
      comparedKeys: this.#episodeKeys.estimate(),
      unbrokenMs: this.#unbroken.ms(nowMs),
      comparedAgoMs: this.#last.agoMs(nowMs),
      latency: this.#samples,
    };
  }

  /** Begins to count a new episode. What is pending is counted where it ends. */
  beginEpisode(nowMs: number): void {
    this.advance(nowMs);
    this.visits.restart(nowMs);
    this.#keysBefore.merge(this.#episodeKeys);
    this.#episodeKeys = new HyperLogLog();
    this.#dueBefore = this.due - this.pending;
    this.#unclaimedBefore = this.inconclusive + this.dropped;
    this.#samples = new LatencySamples();
    this.#unbroken = new UnbrokenTime(nowMs, this.compared);
    this.#last = new LastComparison(nowMs, this.compared);
  }

  /** Has the time without a break begin anew. */
  breakTime(nowMs: number): void {
    this.#unbroken.break(nowMs);
  }

  /**
   * Counts how long a read of one side took.
   *
   * @param endedAtMs When it ended, by a clock that never goes back.
   */
  took(side: Side, ns: number, endedAtMs: number): void {
    (side === "old" ? this.oldLatency : this.newLatency).record(ns);
    this.#samples.record(side, ns, endedAtMs);
  }

  /**
   * Counts a comparison of `key`, which found both sides equal at once, for the distinct keys and the key visits.
   *
   * @param hash The hash of the key; 0 if it is not known.
   */
  compares(key: unknown, hash = 0): void {
    const distinctHash = mixHash(hash || this.#hash(key), DISTINCT_SALT);
    this.#episodeKeys.add(distinctHash);
    this.visits.visit(distinctHash);
  }

  /** Counts a comparison of `key`, which found both sides equal at the re-check, for the distinct keys and the key visits. */
  comparesLate(key: unknown): void {
    this.#finds("late", key);
  }

  /** Counts `comparisons` of `key` that ended in a diff. */
  diff(key: unknown, kind: DiffKind, comparisons: number): void {
    this.diffs += comparisons;
    this.byKind[kind] += comparisons;
    this.diffKeys.add(this.#finds("diffs", key));
  }

  #finds(finding: Finding, key: unknown): number {
    const hash = mixHash(this.#hash(key), DISTINCT_SALT);
    this.#episodeKeys.add(hash);
    this.visits.find(finding, hash);
    return hash;
  }

  /** Brings the episode's clock to `nowMs`, and adds what was counted since the last call to the windows of that time. */
  advance(nowMs: number): void {
    this.visits.advance(nowMs);
    this.#unbroken.advance(nowMs, this.compared);
    this.#last.advance(nowMs, this.compared);
    this.fillWindows(nowMs);
  }

  /** Adds what was counted since the last call to the windows of `atMs`. */
  fillWindows(atMs: number): void {
    this.#fill("reads", this.operations.reads, atMs);
    this.#fill("writes", this.operations.writes, atMs);
    this.#fill("compared", this.compared, atMs);
    this.#fill("diffs", this.diffs, atMs);
  }

  #fill(count: WindowCount, total: number, atMs: number): void {
    const amount = total - this.#windowed[count];
    if (amount === 0) return;
    this.#windowed[count] = total;
    this.seconds.add(count, amount, atMs);
    this.minutes.add(count, amount, atMs);
  }
}
