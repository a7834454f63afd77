import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { checkOption } from "../../src/options.ts";
import { Comparisons } from "../compare/comparisons.ts";
import { SliceDriver } from "../compare/slice_driver.ts";
import { type KeyHash, makeKeyHash } from "../../src/keys/key_hash.ts";
import { Evidence } from "../gate/evidence.ts";
import { Mirror } from "../mirror/mirror.ts";
import { KeyVersions } from "../pair/key_versions.ts";
import { SyncPair } from "../pair/sync_pair.ts";
import { traitsOf } from "../pair/traits.ts";
import { isEmpty } from "../pair/walk.ts";
import { DiffRecorder } from "../report/diff_recorder.ts";
import { reportHotKeys } from "../report/hot_keys.ts";
import { Redactor } from "../report/redaction.ts";
import { makeReport, type TwinReport } from "../report/report.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import { OperationSampler } from "../sampling/operation_sampler.ts";
import { type Missing, missingFor, percentAt, type Position } from "../stages/moves.ts";
import { neighbours, nextTowards, type Side, type Stage, STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { type BackfillOptions, checkBackfill, checkMove, REASON, type StageOptions } from "../stages/stage_options.ts";
import { Ledger } from "../stats/ledger.ts";
import { compareInSlices } from "../work/compare_in_slices.ts";
import { Decisions } from "./decisions.ts";
import type { Lane } from "./lane.ts";
import { enterLane, type LaneParts } from "./lanes.ts";
import type { MigrationSettings } from "./migration_settings.ts";
import { mayDelete } from "./scope.ts";
import { Works } from "./works.ts";

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
  readonly #evidence: Evidence;
  readonly #works: Works<K>;
  readonly #decisions = new Decisions();
  readonly #entered: (lane: Lane<K, V>) => void;
  #sampledKeys: KeySampler;
  #at: Position;
  #lane: Lane<K, V>;
  #closed = false;

  /** @param entered Called with each lane that is entered: what the present stage means for an operation. */
  constructor(
    oldMap: ConcurrentMap<K, V>,
    newMap: ConcurrentMap<K, V>,
    settings: MigrationSettings<V>,
    entered: (lane: Lane<K, V>) => void,
  ) {
    this.#entered = entered;
    const { clock, slice: sliceMs, maxPending, at } = settings;
    this.#startedAtMs = clock.now();
    this.#oldMap = oldMap;
    this.#newMap = newMap;
    this.#settings = settings;
    this.#hash = makeKeyHash(settings.secret);
    this.operations = new OperationSampler(settings.sample, clock, () => this.#hash("the gaps between operations"));
    const ledger = this.#ledger = new Ledger(this.operations, this.#hash, this.#startedAtMs);
    this.#redactor = new Redactor(settings);
    const compare = (key: K, operation: string) => void this.#comparisons.due(key, operation);
    const recording = { ...settings, compare };
    const recorder = this.#recorder = new DiffRecorder(this.#ledger, recording, oldMap, newMap, this.#redactor);
    const versions = new KeyVersions(clock, this.operations, this.#hash);
    this.#mirror = new Mirror(versions, recorder, clock, maxPending, sliceMs);
    this.#evidence = new Evidence(settings.gate, ledger, () => this.#mirror.errors, at, this.#startedAtMs);
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
        const isCompared = () => STAGES[this.#at.stage].mirrors && !this.#closed;
        return typeof equal === "boolean" ? equal : compareInSlices(equal, clock, sliceMs, isCompared);
      },
      isReordering: () => this.#works.underWay === "backfill",
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
      isBackfilled: () => this.#evidence.isBackfilled,
    };
    this.#works = new Works({
      pair: this.#pair,
      comparisons: this.#comparisons,
      clock,
      sliceMs,
      advance: () => ledger.advance(clock.now()),
      drainMirror: () => this.#mirror.drainSlice(),
    });
    this.#sampledKeys = new KeySampler(settings.sample, this.#hash);
    this.#at = at;
    this.#lane = this.#enterLane();
  }

  stage(stage: Stage, options: StageOptions): void {
    const { to, force } = checkMove(stage, options);
    // The owner's hooks, called at a mirrored write, may move the twin themselves.
    this.#mirror.flush();
    const missing = this.#checkMove(to, force !== undefined);
    if (force !== undefined) this.#decisions.add("force", force, to, this.#settings.clock.now(), missing);
    this.#move(to);
  }

  async back(why: string): Promise<void> {
    checkOption("move back", "why", why, REASON);
    const from = this.#at;
    if (from.percent === 0) return;
    this.#checkOpen("move back");
    this.#decisions.add("back", why, from, this.#settings.clock.now());
    this.#works.abort();
    if (from.stage === "complete") this.stage("rampdown", {});
    const { old: isOldWhole, new: isNewWhole } = this.#evidence.holdsAll;
    if (!isOldWhole && (isNewWhole || this.#at.stage === "rampdown")) await this.backfill({ from: "new" });
    if (this.#at.stage === "rampdown") this.stage("live", { percent: 100 });
    this.stage("live", { percent: 0 });
  }

  reset(why: string): void {
    checkOption("reset", "why", why, REASON);
    this.#checkOpen("reset");
    this.#decisions.add("reset", why, this.#at, this.#settings.clock.now());
    this.#evidence.reset(why, this.#settings.clock.now());
  }

  async backfill(options: BackfillOptions): Promise<void> {
    const { answers, mirrors } = STAGES[this.#at.stage];
    const { from = answers } = checkBackfill(options);
    this.#checkIdle("backfill", mirrors);
    if (from === "split") {
      throw new StageError("backfill at live", "say from which one to copy", ["the side to copy from"]);
    }
    const to: Side = from === "old" ? "new" : "old";
    this.#evidence.backfillBegan(to);
    const maps = { old: this.#oldMap, new: this.#newMap };
    const isDone = await this.#works.backfill(from, mayDelete(maps[from], maps[to]));
    if (isDone) this.#evidence.backfillEnded(this.#settings.clock.now());
  }

  async sweep(): Promise<boolean> {
    this.#checkIdle("sweep", STAGES[this.#at.stage].mirrors);
    const findings = this.#evidence.sweepBegan();
    const isClean = await this.#works.sweep(() => this.#evidence.findings);
    if (isClean) this.#evidence.sweptClean(findings);
    return isClean;
  }

  pause(): void {
    this.#works.pause();
  }

  resume(): void {
    this.#works.resume();
  }

  async settle(): Promise<void> {
    this.#mirror.flush();
    await this.#comparisons.settle();
  }

  report(): TwinReport {
    const now = this.#settings.clock.now();
    this.#ledger.advance(now);
    const { name, sample, hotKeys } = this.#settings;
    const moves = neighbours(this.#at.stage).map((stage) => {
      const { firm, evidence } = this.#missingFor({ stage, percent: stage === "live" ? 100 : percentAt(stage) });
      return { stage, missing: [...firm, ...evidence] };
    });
    return makeReport(
      {
        name,
        ...this.#at,
        moves,
        traits: { old: traitsOf(this.#oldMap), new: traitsOf(this.#newMap) },
        mirror: {
          mode: this.#isInline ? "inline" : "queued",
          pending: this.#mirror.pending,
          errors: this.#mirror.errors,
          overruns: this.#mirror.overruns,
        },
        sample,
        ...this.#works.report(),
        gate: this.#evidence.report(now),
        decisions: this.#decisions.last,
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
    this.#sampledKeys = new KeySampler(0, this.#hash);
    this.#lane = this.#enterLane();
  }

  get #isInline(): boolean {
    return STAGES[this.#at.stage].inline || this.#settings.mirror === "inline";
  }

  #enterLane(): Lane<K, V> {
    const { stage, percent } = this.#at;
    const lane = enterLane(stage, percent, this.#isInline, this.#sampledKeys, this.#laneParts);
    this.#entered(lane);
    return lane;
  }

  #missingFor(to: Position): Missing {
    return missingFor(this.#at, to, {
      holdsAll: this.#evidence.holdsAll,
      gate: () => this.#evidence.missing(this.#settings.clock.now()),
      backfilling: this.#works.underWay === "backfill",
    });
  }

  /** What an allowed move is missing nevertheless. @throws {StageError} If it is not allowed. */
  #checkMove(to: Position, isForced: boolean): readonly string[] {
    const [from, action] = [this.#at.stage, `move from ${this.#at.stage} to ${to.stage}`];
    const isWayBack = to.stage === from && to.percent <= this.#at.percent;
    if (!isWayBack) this.#checkOpen(`move to ${to.stage}`);
    const { firm, evidence } = this.#missingFor(to);
    if (to.stage !== from && !neighbours(from).includes(to.stage)) {
      throw new StageError(action, `go through ${nextTowards(from, to.stage)} first`, firm);
    }
    const missing = isForced ? firm : [...firm, ...evidence];
    if (missing.length > 0) throw new StageError(action, `missing: ${missing.join("; ")}`, missing);
    return evidence;
  }

  #move(to: Position): void {
    const from = this.#at;
    if (STAGES[from.stage].mirrors && !STAGES[to.stage].mirrors) this.#abandon();
    this.#evidence.moved(from, to, () => isEmpty(this.#lane.front), this.#settings.clock.now());
    this.#at = to;
    this.#lane = this.#enterLane();
  }

  #checkOpen(action: string): void {
    if (this.#closed) throw new StageError(action, "the twin is closed");
  }

  #checkIdle(job: "sweep" | "backfill", mirrors: boolean): void {
    const action = `${job} at ${this.#at.stage}`;
    if (!mirrors) {
      throw new StageError(action, "only one side is written", ["a stage at which both sides are written"]);
    }
    this.#checkOpen(action);
    const { underWay } = this.#works;
    if (underWay === undefined) return;
    throw new StageError(action, `a ${underWay} is running`, [`the end of the ${underWay} that is running`]);
  }

  /** Ends the work and gives up the comparisons that are due, since the two sides are no longer compared. */
  #abandon(): void {
    this.#works.abort();
    this.#comparisons.drop();
  }
}
