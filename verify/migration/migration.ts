import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { backfill } from "../work/backfill.ts";
import { Comparisons } from "../compare/comparisons.ts";
import { SliceDriver } from "../compare/slice_driver.ts";
import { DiffRecorder } from "../report/diff_recorder.ts";
import { reportHotKeys } from "../report/hot_keys.ts";
import { type KeyHash, makeKeyHash } from "../../src/keys/key_hash.ts";
import { KeyVersions } from "../pair/key_versions.ts";
import { SyncPair } from "../pair/sync_pair.ts";
import { traitsOf } from "../pair/traits.ts";
import { Ledger } from "../stats/ledger.ts";
import { Mirror } from "../mirror/mirror.ts";
import { Redactor } from "../report/redaction.ts";
import { makeReport, type TwinReport } from "../report/report.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import { OperationSampler } from "../sampling/operation_sampler.ts";
import { type Evidence, evidenceAfter, missingFor, NO_EVIDENCE } from "../stages/evidence.ts";
import { neighbours, nextTowards, type Stage, STAGE_NAMES, STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { checkPercent, type StageOptions } from "../stages/stage_options.ts";
import type { SweepTally } from "../compare/suspect.ts";
import { compareInSlices } from "../work/compare_in_slices.ts";
import { sweep } from "../work/sweep.ts";
import { Job } from "../work/job.ts";
import type { Lane } from "./lane.ts";
import { enterLane, type LaneParts } from "./lanes.ts";
import type { MigrationSettings } from "./migration_settings.ts";

/**
 * The change from one map to another: the stage that it has reached, what that means for an operation, and the work that
 * gathers evidence for going on. `TwinMap` shows its methods to users, and documents them.
 */
export class Migration<K, V> {
  /** Counts the callers' operations. */
  readonly operations: OperationSampler;
  readonly #oldMap: ConcurrentMap<K, V>;
  readonly #newMap: ConcurrentMap<K, V>;
  readonly #settings: MigrationSettings<V>;
  readonly #hash: KeyHash;
  readonly #ledger: Ledger;
  readonly #redactor: Redactor;
  readonly #mirror: Mirror<K, V>;
  readonly #comparisons: Comparisons<K>;
  readonly #recorder: DiffRecorder<K, V>;
  readonly #pair: SyncPair<K, V>;
  readonly #laneParts: LaneParts<K, V>;
  readonly #startedAtMs: number;
  #sampledKeys: KeySampler;
  #stage: Stage = "off";
  #percent = 0;
  #lane: Lane<K, V>;
  #evidence: Evidence = NO_EVIDENCE;
  #sweep: Job;
  #backfill: Job;
  #tally: SweepTally = { suspects: 0, diffs: 0, inconclusive: 0, evicted: 0 };
  #closed = false;

  /** Begins at stage `off`. */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, settings: MigrationSettings<V>) {
    const { clock, slice: sliceMs, maxPending } = settings;
    this.#oldMap = oldMap;
    this.#newMap = newMap;
    this.#settings = settings;
    this.#hash = makeKeyHash(settings.secret);
    this.operations = new OperationSampler(settings.sample, clock, () => this.#hash("the gaps between operations"));
    this.#ledger = new Ledger(this.operations, this.#hash);
    this.#redactor = new Redactor(settings);
    const compare = (key: K, operation: string) => void this.#comparisons.due(key, operation);
    const recording = { ...settings, compare };
    const recorder = this.#recorder = new DiffRecorder(this.#ledger, recording, oldMap, newMap, this.#redactor);
    const versions = new KeyVersions(clock, this.operations, this.#hash);
    this.#mirror = new Mirror(versions, recorder, clock, maxPending, sliceMs);
    const ledger = this.#ledger;
    this.#comparisons = new Comparisons({
      ledger,
      clock,
      maxPending,
      onDiff: (difference, operation, comparisons) => recorder.record(difference, operation, comparisons),
    });
    this.#pair = new SyncPair({
      oldMap,
      newMap,
      versions,
      ledger,
      clock,
      equals: (oldValue, newValue) => {
        const equal = recorder.equals(oldValue, newValue);
        return typeof equal === "boolean" ? equal : compareInSlices(equal, clock, sliceMs, () => this.#comparesSides);
      },
    });
    new SliceDriver({
      comparisons: this.#comparisons,
      pair: this.#pair,
      versions,
      ledger,
      clock,
      sliceMs,
      drainMirror: () => this.#mirror.drainSlice(),
    });
    this.#laneParts = {
      oldMap,
      newMap,
      operations: this.operations,
      versions,
      mirror: this.#mirror,
      comparisons: this.#comparisons,
      isBackfilled: () => this.#evidence.backfilled,
    };
    this.#sampledKeys = new KeySampler(settings.sample, this.#hash);
    this.#lane = this.#enterLane();
    this.#sweep = this.#newJob();
    this.#backfill = this.#newJob();
    this.#startedAtMs = clock.now();
  }

  /** What the present stage means for an operation. */
  get lane(): Lane<K, V> {
    return this.#lane;
  }

  stage(stage: Stage, options: StageOptions): void {
    const percent = checkPercent(stage, options);
    // The owner's hooks, called at a mirrored write, may move the twin themselves.
    this.#mirror.flush();
    this.#checkMove(stage);
    const evidence = evidenceAfter(this.#stage, stage, this.#evidence, () => this.#lane.front.size === 0);
    if (STAGES[this.#stage].mirrors && !STAGES[stage].mirrors) this.#abandon();
    const { answers } = STAGES[stage];
    this.#stage = stage;
    this.#evidence = evidence;
    this.#percent = answers === "split" ? percent : answers === "new" ? 100 : 0;
    this.#lane = this.#enterLane();
  }

  async backfill(): Promise<void> {
    const { backfillsFrom } = STAGES[this.#stage];
    if (backfillsFrom === undefined) {
      const stages = STAGE_NAMES.filter((name) => STAGES[name].backfillsFrom !== undefined).join(" or ");
      throw new StageError(`backfill at ${this.#stage}`, `move to ${stages} first`, [`the stage ${stages}`]);
    }
    this.#checkIdle("backfill");
    this.#evidence = NO_EVIDENCE;
    const job = this.#backfill = this.#newJob();
    // A backfill changes the order of the other side's keys. At its stages no comparison of the order becomes due.
    const ready = () => !this.#comparisons.isOrderDue && this.#mirror.drainSlice();
    await backfill(job, this.#pair, backfillsFrom, ready);
    if (job.state === "done") this.#evidence = { backfilled: true, sweptClean: false };
  }

  async sweep(): Promise<boolean> {
    if (!STAGES[this.#stage].mirrors) {
      const missing = ["a stage at which both sides are written"];
      throw new StageError(`sweep at ${this.#stage}`, "only one side is written", missing);
    }
    this.#checkIdle("sweep");
    const wasBackfilled = this.#evidence.backfilled;
    const tally: SweepTally = this.#tally = { suspects: 0, diffs: 0, inconclusive: 0, evicted: 0 };
    this.#evidence = { ...this.#evidence, sweptClean: false };
    const job = this.#sweep = this.#newJob();
    await sweep(job, this.#pair, this.#comparisons, tally, () => this.#mirror.drainSlice(), this.#settings.clock);
    const clean = job.state === "done" && tally.diffs === 0 && tally.inconclusive === 0;
    if (clean && wasBackfilled && this.#evidence.backfilled) this.#evidence = { backfilled: true, sweptClean: true };
    return clean;
  }

  pause(): void {
    this.#sweep.pause();
    this.#backfill.pause();
  }

  resume(): void {
    this.#sweep.resume();
    this.#backfill.resume();
  }

  async settle(): Promise<void> {
    this.#mirror.flush();
    await this.#comparisons.settle();
  }

  report(): TwinReport {
    const now = this.#settings.clock.now();
    this.#ledger.advance(now);
    const { name, sample, hotKeys } = this.#settings;
    const { state, done, total } = this.#sweep;
    const { suspects: _, ...found } = this.#tally;
    const moves = neighbours(this.#stage).map((stage) => ({ stage, missing: [...this.#missingFor(stage)] }));
    return makeReport(
      {
        name,
        stage: this.#stage,
        percent: this.#percent,
        moves,
        traits: { old: traitsOf(this.#oldMap), new: traitsOf(this.#newMap) },
        mirror: {
          mode: this.#isInline ? "inline" : "queued",
          pending: this.#mirror.pending,
          errors: this.#mirror.errors,
          overruns: this.#mirror.overruns,
        },
        sample,
        backfill: { state: this.#backfill.state, done: this.#backfill.done, total: this.#backfill.total },
        sweep: {
          state,
          done,
          total,
          ...found,
          clean: state === "done" ? found.diffs + found.inconclusive === 0 : null,
        },
        recent: this.#recorder.recent,
        hotKeys: reportHotKeys(hotKeys, this.#redactor, this.#ledger),
      },
      this.#ledger,
      this.#startedAtMs,
      now,
    );
  }

  close(): void {
    this.#closed = true;
    this.#mirror.flush();
    this.#abandon();
    this.#evidence = NO_EVIDENCE;
    this.#sampledKeys = new KeySampler(0, this.#hash);
    this.#lane = this.#enterLane();
  }

  /** Whether both sides are written and compared. */
  get #comparesSides(): boolean {
    return STAGES[this.#stage].mirrors && !this.#closed;
  }

  get #isInline(): boolean {
    return STAGES[this.#stage].inline || this.#settings.mirror === "inline";
  }

  #enterLane(): Lane<K, V> {
    return enterLane(this.#stage, this.#percent, this.#isInline, this.#sampledKeys, this.#laneParts);
  }

  #missingFor(stage: Stage): readonly string[] {
    return missingFor(this.#stage, stage, this.#evidence, this.#backfill.isUnderWay);
  }

  #checkMove(to: Stage): void {
    const from = this.#stage;
    if (to === from) return;
    if (this.#closed) throw new StageError(`move to ${to}`, "the twin is closed");
    const missing = this.#missingFor(to);
    if (missing.length === 0) return;
    const reason = neighbours(from).includes(to)
      ? `missing: ${missing.join("; ")}`
      : `go through ${nextTowards(from, to)} first`;
    throw new StageError(`move from ${from} to ${to}`, reason, missing);
  }

  #checkIdle(job: "sweep" | "backfill"): void {
    const action = `${job} at ${this.#stage}`;
    if (this.#closed) throw new StageError(action, "the twin is closed");
    for (const [name, { isUnderWay }] of [["backfill", this.#backfill], ["sweep", this.#sweep]] as const) {
      if (isUnderWay) throw new StageError(action, `a ${name} is running`, [`the end of the ${name} that is running`]);
    }
  }

  #newJob(): Job {
    return new Job(this.#settings.clock, this.#settings.slice);
  }

  /** Ends the work and gives up the comparisons that are due, since the two sides are no longer compared. */
  #abandon(): void {
    this.#sweep.abort();
    this.#backfill.abort();
    this.#comparisons.drop();
  }
}
