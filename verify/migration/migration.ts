import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { backfill } from "../work/backfill.ts";
import { Comparisons } from "../compare/comparisons.ts";
import { SliceDriver } from "../compare/slice_driver.ts";
import { DiffRecorder } from "../report/diff_recorder.ts";
import { reportHotKeys } from "../report/hot_keys.ts";
import { KeyVersions } from "../pair/key_versions.ts";
import { SyncPair } from "../pair/sync_pair.ts";
import { Ledger } from "../stats/ledger.ts";
import { Mirror } from "../mirror/mirror.ts";
import { type CheckedOptions, checkOptions, type TwinOptions } from "../twin/options.ts";
import { Redactor } from "../report/redaction.ts";
import { makeReport, type TwinReport, type TwinState } from "../report/report.ts";
import { Route } from "./routing.ts";
import {
  checkPercent,
  type Evidence,
  missingFor,
  neighbours,
  type Stage,
  StageError,
  type StageOptions,
  STAGES,
} from "../stages/stage.ts";
import type { SweepTally } from "../compare/suspect.ts";
import { sweep } from "../work/sweep.ts";
import { OperationSampler } from "../sampling/operation_sampler.ts";
import { Job } from "../work/job.ts";

/** Two maps, the stage that the change from one to the other has reached, and the work that speaks for going on. */
export abstract class Rollout<K, V> {
  /**
   * The callers' operations.
   * @internal
   */
  protected readonly operations: OperationSampler;
  /**
   * What was counted.
   * @internal
   */
  protected readonly ledger: Ledger;
  /**
   * What the stage means for an operation.
   * @internal
   */
  protected readonly route: Route<K, V>;
  /**
   * Applies writes to the other side.
   * @internal
   */
  protected readonly mirror: Mirror<K, V>;
  /**
   * Compares the two sides.
   * @internal
   */
  protected readonly comparer: Comparisons<K>;
  /**
   * When a key was last written.
   * @internal
   */
  protected readonly versions: KeyVersions;
  readonly #options: CheckedOptions<V>;
  readonly #redactor: Redactor;
  readonly #recorder: DiffRecorder<K, V>;
  readonly #pair: SyncPair<K, V>;
  #sweep: Job;
  #backfill: Job;
  readonly #startedAtMs: number;
  #stage: Stage = "off";
  #tally: SweepTally = { suspects: 0, diffs: 0, inconclusive: 0, evicted: 0 };
  #backfilled = false;
  #sweptClean = false;
  #closed = false;

  /** Begins at stage `off`; throws as `twin` does. */
  protected constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, options: TwinOptions<V>) {
    const checked = checkOptions(options);
    const { clock, slice: sliceMs, maxPending } = checked;
    this.operations = new OperationSampler(checked.sample, clock);
    this.ledger = new Ledger(this.operations);
    this.#redactor = new Redactor(checked);
    const recorder = this.#recorder = new DiffRecorder(this.ledger, checked, oldMap, newMap, this.#redactor);
    this.#options = checked;
    this.versions = new KeyVersions(clock, this.operations);
    this.mirror = new Mirror(this.versions, recorder, clock, maxPending, sliceMs);
    this.comparer = new Comparisons({
      ledger: this.ledger,
      clock,
      maxPending,
      onDiff: (difference, operation, comparisons) => recorder.record(difference, operation, comparisons),
    });
    const { versions, ledger } = this;
    this.#pair = new SyncPair({
      oldMap,
      newMap,
      versions,
      ledger,
      clock,
      equals: (oldValue, newValue) => recorder.equals(oldValue, newValue),
    });
    new SliceDriver({
      comparisons: this.comparer,
      pair: this.#pair,
      versions,
      ledger,
      clock,
      sliceMs,
      drainMirror: () => this.mirror.drainSlice(),
    });
    this.route = new Route(
      oldMap,
      newMap,
      this.operations,
      this.comparer,
      this.mirror,
      checked.sample,
      checked.mirror === "queued",
    );
    this.#sweep = this.#newWork();
    this.#backfill = this.#newWork();
    this.#startedAtMs = clock.now();
  }

  /**
   * Moves to a neighbouring stage. Queued writes are applied first.
   *
   * Several instances of a service that share the two maps, each with a twin of its own, may be at neighbouring stages: no
   * reader misses a write that was acknowledged. For that
   *
   * - `mirror` must be `inline`;
   * - a backfill must be made while all of them are at its stage, and a sweep after it;
   * - both must be made anew, by each of them, once one was at `off` or `complete`, where it writes one side alone.
   *
   * Operations that look before they write (`getOrInsert`, `compareAndSet`, …) look at the side that answers: two
   * instances of which one is at `live` can both find a key absent. And if two of them write a key at the same time, its
   * two sides can be left different, which a sweep finds.
   *
   * @param stage The stage to be at; the present one stays as it is, but for `percent`.
   * @param options The percentage, at `live`.
   * @throws {StageError} If the move is not allowed; it says what is missing.
   * @throws {RangeError} If there is no such stage, or `percent` is not from 0 to 100 or given at another stage.
   * @throws {TypeError} If there is no such option.
   */
  stage(stage: Stage, options: StageOptions = {}): void {
    const percent = checkPercent(stage, options);
    // What this leads to may move the twin itself.
    this.mirror.flush();
    if (this.#closed && stage !== this.#stage) throw new StageError(`move to ${stage}`, ["an open twin"]);
    const missing = missingFor(this.#stage, stage, this.#evidence());
    if (missing.length > 0) throw new StageError(`move from ${this.#stage} to ${stage}`, missing);
    const from = STAGES[this.#stage];
    const to = STAGES[stage];
    const isEmpty = !from.mirrors && to.mirrors && this.route.front.size === 0;
    if (from.mirrors && !to.mirrors) this.#part();
    this.#stage = stage;
    this.route.take(stage, percent);
    if (isEmpty) this.#backfilled = true;
  }

  /**
   * Copies what the authoritative map already held to the other: from old to new at `dualwrite`, back from new to old at
   * `rampdown`. It deletes nothing: what the other map holds beyond that, a sweep reports.
   *
   * @returns When it is done, or was aborted by a move to a stage at which only one side is written.
   * @throws {StageError} At another stage, or if one is running.
   */
  async backfill(): Promise<void> {
    const from = STAGES[this.#stage].backfillsFrom;
    this.#checkWork("backfill", from === undefined ? ["the stage dualwrite or rampdown"] : []);
    this.#backfilled = false;
    this.#sweptClean = false;
    const work = this.#backfill = this.#newWork();
    const ready = () => this.mirror.drainSlice();
    await backfill(work, this.#pair, from ?? "old", ready);
    if (work.state === "done") this.#backfilled = true;
  }

  /**
   * Compares all keys, in both directions, while the map is used.
   *
   * @returns Whether it came to its end and found nothing: no diff, and nothing inconclusive.
   * @throws {StageError} At `off` and `complete`, where only one side is written, or if one is running.
   */
  async sweep(): Promise<boolean> {
    this.#checkWork("sweep", this.route.mirrors ? [] : ["a stage at which both sides are written"]);
    const wasBackfilled = this.#backfilled;
    const tally: SweepTally = this.#tally = { suspects: 0, diffs: 0, inconclusive: 0, evicted: 0 };
    this.#sweptClean = false;
    const work = this.#sweep = this.#newWork();
    const ready = () => this.mirror.drainSlice();
    await sweep(work, this.#pair, this.comparer, tally, ready, this.#options.clock);
    const clean = work.state === "done" && tally.diffs === 0 && tally.inconclusive === 0;
    if (clean && wasBackfilled && this.#backfilled) this.#sweptClean = true;
    return clean;
  }

  /** Whether the other side holds what the authoritative one held before both were written. */
  protected get isBackfilled(): boolean {
    return this.#backfilled;
  }

  /** Pauses the sweep and the backfill that are running. */
  pause(): void {
    this.#sweep.pause();
    this.#backfill.pause();
  }

  /** Lets a paused sweep and backfill go on. */
  resume(): void {
    this.#sweep.resume();
    this.#backfill.resume();
  }

  /**
   * Waits until every write is mirrored and every comparison that is due has come to an end; not for those that become
   * due meanwhile.
   */
  async settle(): Promise<void> {
    this.mirror.flush();
    await this.comparer.settle();
  }

  /** What is known now. */
  report(): TwinReport {
    const now = this.#options.clock.now();
    this.ledger.advance(now);
    const evidence = this.#evidence();
    const { state, done, total } = this.#sweep;
    const { suspects: _, ...found } = this.#tally;
    const known: TwinState = {
      name: this.#options.name,
      stage: this.#stage,
      percent: this.route.percent,
      moves: neighbours(this.#stage).map((stage) => ({
        stage,
        missing: [...missingFor(this.#stage, stage, evidence)],
      })),
      traits: { old: this.route.oldMap.traits, new: this.route.newMap.traits },
      mirror: {
        mode: this.route.inline ? "inline" : "queued",
        pending: this.mirror.pending,
        errors: this.mirror.errors,
        overruns: this.mirror.overruns,
      },
      sample: this.#options.sample,
      backfill: { state: this.#backfill.state, done: this.#backfill.done, total: this.#backfill.total },
      sweep: { state, done, total, ...found, clean: state === "done" ? found.diffs + found.inconclusive === 0 : null },
      recent: this.#recorder.recent,
      hotKeys: reportHotKeys(this.#options.hotKeys, this.#redactor, this.ledger),
    };
    return makeReport(known, this.ledger, this.#startedAtMs, now);
  }

  /**
   * Ends the comparing: queued writes are applied, what is still due is dropped, a sweep or backfill aborted. The map goes
   * on serving at its stage, writes are still mirrored.
   */
  close(): void {
    this.#closed = true;
    this.mirror.flush();
    this.#part();
    this.route.close();
  }

  /** {@link Rollout.settle}, then {@link Rollout.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
    this.close();
  }

  #evidence(): Evidence {
    return {
      backfilling: this.#backfill.isUnderWay,
      backfilled: this.#backfilled,
      sweptClean: this.#sweptClean,
    };
  }

  #newWork(): Job {
    return new Job(this.#options.clock, this.#options.slice);
  }

  #checkWork(name: "sweep" | "backfill", missing: string[]): void {
    if (this.#closed) missing.push("an open twin");
    if (this.#backfill.isUnderWay) missing.push("the end of the backfill that is running");
    if (this.#sweep.isUnderWay) missing.push("the end of the sweep that is running");
    if (missing.length > 0) throw new StageError(`${name} at ${this.#stage}`, missing);
  }

  /** What is known of the two sides ends where they are no longer written both. */
  #part(): void {
    this.#sweep.abort();
    this.#backfill.abort();
    this.comparer.drop();
    this.#backfilled = false;
    this.#sweptClean = false;
  }
}
