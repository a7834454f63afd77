import { checkOption } from "../../src/options.ts";
import { Comparisons } from "../compare/comparisons.ts";
import { type KeyHash, makeKeyHash } from "../../src/keys/key_hash.ts";
import { Evidence } from "../gate/evidence.ts";
import type { GateChanges } from "../gate/gate_options.ts";
import { GateWatch } from "../gate/gate_watch.ts";
import type { Maybe } from "../pair/pair.ts";
import { Hooks } from "../report/hooks.ts";
import { DiffRecorder } from "../report/diff_recorder.ts";
import { Redactor } from "../report/redaction.ts";
import type { TwinReport } from "../report/report.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import { OperationSampler } from "../sampling/operation_sampler.ts";
import type { OperationCounts } from "../sampling/resting_counts.ts";
import { checkMissing, type Position } from "../stages/moves.ts";
import { type Side, type Stage, STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import {
  type BackfillOptions,
  checkMove,
  type PaceOptions,
  REASON,
  type StageOptions,
} from "../stages/stage_options.ts";
import { Ledger } from "../stats/ledger.ts";
import { ClosableClock } from "../work/closable_clock.ts";
import { compareInSlices } from "../work/compare_in_slices.ts";
import { DifferentKeys } from "../work/different_keys.ts";
import { WindowTicks } from "../work/window_ticks.ts";
import { AskedWork } from "./asked_work.ts";
import { Decisions } from "./decisions.ts";
import type { MigrationSettings } from "./migration_settings.ts";
import { MissingEvidence } from "./missing_evidence.ts";
import type { Repair, RepairOptions } from "./repairs.ts";
import { Reports } from "./reports.ts";
import type { Sides, SidesSetting } from "./sides.ts";
import { StageChanges } from "./stage_changes.ts";
import { steeredBy, type Steering, type SteeringRollout } from "./steering.ts";
import { WayBack } from "./way_back.ts";
import { Works } from "./works.ts";

/**
 * The change from one map to another: the stage that it has reached, what that means for an operation, and the work that
 * gathers evidence for going on. `TwinMap` shows its methods to users, and documents them.
 */
export class Migration<K, V, L> implements Steering {
  readonly clock: ClosableClock;
  rollout: SteeringRollout | undefined;
  readonly #settings: MigrationSettings<K, V>;
  readonly #hash: KeyHash;
  readonly #sides: Sides<K, L>;
  readonly #comparisons: Comparisons<K>;
  readonly #hooks: Hooks<K, V>;
  readonly #reports: Reports;
  readonly #evidence: Evidence;
  readonly #works: Works<K>;
  readonly #work: AskedWork<K, V>;
  readonly #missing: MissingEvidence;
  readonly #decisions: Decisions;
  readonly #stageChanges = new StageChanges();
  readonly #wayBack: WayBack;
  readonly #entered: (lane: L) => void;
  #sampledKeys: KeySampler;
  #at: Position;
  #closed = false;

  /**
   * @param twin The twin that it carries.
   * @param makeSides Puts the two maps together.
   * @param entered Called with each lane that is entered: what the present stage means for an operation.
   * @param counted Called with the counts that operations are to be added to, now and whenever these are others.
   */
  constructor(
    twin: object,
    settings: MigrationSettings<K, V>,
    makeSides: (setting: SidesSetting<K, V>) => Sides<K, L>,
    entered: (lane: L) => void,
    counted: (counts: OperationCounts) => void,
  ) {
    steeredBy(twin, this);
    this.#entered = entered;
    const { slice: sliceMs, at } = settings;
    const clock = this.clock = new ClosableClock(settings.clock);
    this.#settings = settings;
    const hash = this.#hash = makeKeyHash(settings.secret);
    const operations = new OperationSampler(settings.sample, clock, () => hash("the gaps between operations"));
    const ledger = new Ledger(operations, hash, clock.now());
    const hooks = this.#hooks = new Hooks(settings, ledger, clock);
    const redactor = new Redactor(settings);
    const recorder = new DiffRecorder(ledger, { ...settings, clock, hooks }, redactor);
    const comparisons = this.#comparisons = new Comparisons<K>({
      ...settings,
      ledger,
      clock,
      ignores: hooks.ignores,
      onDiff: (difference, operation, comparisons) => {
        recorder.record(difference, operation, comparisons);
        if (difference.kind !== "order") { for (const key of difference.keys) different.add(key); }
      },
    });
    const different = new DifferentKeys<K>(settings.maxPending);
    const isCompared = () => STAGES[this.#at.stage].mirrors && !this.#closed;
    const sides = this.#sides = makeSides({
      settings,
      clock,
      hash,
      ledger,
      operations,
      hooks,
      recorder,
      comparisons,
      equals: (oldValue, newValue, key) => {
        const equal = hooks.equals(oldValue, newValue, key);
        return typeof equal === "boolean" ? equal : compareInSlices(equal, clock, sliceMs, isCompared);
      },
      isBackfilled: () => this.#evidence.isBackfilled,
      isReordering: () => this.#works.underWay === "backfill",
    });
    const doubts = {
      mirrorErrors: () => sides.mirror.errors,
      refused: (side: Side) => sides.mirror.refused(side),
      doubtful: () => comparisons.doubtful,
      journaled: () => sides.mirror.journaled,
      newCalls: () => sides.calls("new"),
    };
    this.#evidence = new Evidence(settings.gate, ledger, doubts, at, clock);
    const watch = new GateWatch(this.#evidence, clock, (change) => hooks.event({ type: "gate", ...change }));
    new WindowTicks(ledger, clock, counted, () => watch.look());
    this.#works = new Works({
      pair: sides.pair,
      comparisons,
      clock,
      sliceMs,
      advance: () => ledger.advance(clock.now()),
      told: (event) => hooks.event(event),
      drainMirror: () => sides.drainSlice(),
    });
    this.#work = new AskedWork({
      sides,
      evidence: this.#evidence,
      works: this.#works,
      different,
      redactor,
      clock,
      at: () => this.#at,
      checkOpen: (action) => this.#checkOpen(action),
    });
    this.#missing = new MissingEvidence(this.#evidence, this.#works, sides);
    this.#decisions = new Decisions(clock, ({ kind, ...decision }) => hooks.event({ ...decision, type: kind }));
    this.#reports = new Reports({
      settings,
      sides,
      ledger,
      redactor,
      recorder,
      evidence: this.#evidence,
      works: this.#works,
      missing: this.#missing,
      decisions: this.#decisions,
      stageChanges: this.#stageChanges,
      clock,
    });
    this.#wayBack = new WayBack({
      stage: () => this.#at.stage,
      holdsAll: () => this.#evidence.holdsAll,
      abort: () => this.#works.abort(),
      move: (stage, options) => this.stage(stage, options),
      backfill: (options) => this.backfill(options),
    });
    this.#sampledKeys = new KeySampler(settings.sample, hash);
    this.#at = at;
    this.#enterLane();
  }

  stage(stage: Stage, options: StageOptions): Maybe<void> {
    const { to, force } = checkMove(stage, options);
    return this.#sides.moving(`move to ${stage}`, () => {
      const missing = this.#checkMove(to, force !== undefined);
      this.#move(to);
      // The hook that this tells may move the twin on.
      if (force !== undefined) this.#decisions.add("force", force, to, missing);
    });
  }

  async back(why: string): Promise<void> {
    checkOption("move back", "why", why, REASON);
    const flushed = this.#sides.flush();
    if (flushed instanceof Promise) await flushed;
    if (this.#at.percent === 0) return;
    this.#checkOpen("move back");
    this.#decisions.add("back", why, this.#at);
    await this.#wayBack.go();
  }

  reset(why: string): void {
    checkOption("reset", "why", why, REASON);
    this.#checkOpen("reset");
    this.#decisions.add("reset", why, this.#at);
    this.#evidence.reset(why, this.clock.now());
  }

  judgeBy(options: GateChanges): void {
    this.#evidence.judgeBy({ ...this.#settings.gate, ...options });
  }

  voidEvidence(why: string): void {
    this.#evidence.void(why, this.clock.now());
  }

  missingForWayBack(): readonly string[] {
    return this.#missing.forWayBack(this.#at);
  }

  backfill(options: BackfillOptions): Promise<void> {
    return this.#work.backfill(options);
  }

  sweep(options: PaceOptions): Promise<boolean> {
    return this.#work.sweep(options);
  }

  repair(options: RepairOptions<K, V>): Promise<Repair<K, V>> {
    return this.#work.repair(options);
  }

  pause(): void {
    this.#works.pause();
  }

  resume(): void {
    this.#works.resume();
  }

  async settle(): Promise<void> {
    await this.#sides.flush();
    await this.#comparisons.settle();
  }

  report(): TwinReport {
    return this.#reports.make(this.#at, this.#isInline, this.rollout?.report() ?? null);
  }

  close(): void {
    this.#closed = true;
    this.#sides.close();
    this.#abandon();
    this.#sampledKeys = new KeySampler(0, this.#hash);
    this.#enterLane();
    this.clock.close();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get #isInline(): boolean {
    return STAGES[this.#at.stage].inline || this.#settings.mirror === "inline";
  }

  #enterLane(): void {
    this.#entered(this.#sides.enterLane(this.#at, this.#isInline, this.#sampledKeys));
  }

  /** What an allowed move is missing nevertheless. @throws {StageError} If it is not allowed. */
  #checkMove(to: Position, isForced: boolean): readonly string[] {
    const isWayBack = to.stage === this.#at.stage && to.percent <= this.#at.percent;
    if (!isWayBack) this.#checkOpen(`move to ${to.stage}`);
    return checkMissing(this.#at.stage, to.stage, this.#missing.forMove(this.#at, to, this.clock.now()), isForced);
  }

  #move(to: Position): void {
    const from = this.#at;
    if (STAGES[from.stage].mirrors && !STAGES[to.stage].mirrors) this.#abandon();
    this.#evidence.moved(from, to, (side) => this.#sides.isEmpty(side), this.clock.now());
    this.#at = to;
    this.#stageChanges.add(to, this.clock.now());
    this.#enterLane();
    this.#hooks.event({ type: "stage", from, to });
  }

  #checkOpen(action: string): void {
    if (this.#closed) throw new StageError(action, "the twin is closed");
  }

  /** Ends the work and gives up the comparisons that are due, since the two sides are no longer compared. */
  #abandon(): void {
    this.#works.abort();
    this.#comparisons.drop();
  }
}
