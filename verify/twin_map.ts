import type { ConcurrentMap, Traits } from "../src/concurrent_map.ts";
import { keyHash } from "../src/key_hash.ts";
import { NativeMap } from "../src/native_map.ts";
import { backfill } from "./backfill.ts";
import { Comparer, type SweepTally } from "./comparer.ts";
import { DiffRecorder } from "./diff_recorder.ts";
import { KeyVersions } from "./key_versions.ts";
import { Ledger } from "./ledger.ts";
import { Mirror, type MirroredWrite } from "./mirror.ts";
import { type CheckedOptions, checkOptions, type TwinOptions } from "./options.ts";
import { makeReport, type TwinReport, type TwinState } from "./report.ts";
import { Sampler } from "./sampler.ts";
import { type Evidence, missingFor, neighbours, type Stage, STAGE_NAMES, StageError, STAGES } from "./stage.ts";
import { sweep } from "./sweep.ts";
import { Work } from "./work.ts";

const SAMPLE_SALT = 0x53414d50;
const PERCENT_SALT = 0x50455243;

/** What goes with a move to a stage. */
export interface StageOptions {
  /**
   * At `live`: the percentage of keys that the new map answers for, 0 to 100.
   * @default {100}
   */
  readonly percent?: number;
}

/**
 * A map that is two maps: every operation is served by the authoritative one and mirrored to the other, and the two are
 * compared off the caller's way. Made by {@link twin}.
 *
 * To its callers it is the authoritative map: the same results, errors and iteration. Operations on the whole map
 * (`size`, iteration, `snapshot`) are answered by the old map before `rampdown` and by the new one from there on.
 *
 * | method | cost |
 * | --- | --- |
 * | reads | that of the authoritative map, and a hash of the key where `sample` or `percent` is a part |
 * | writes | that of both maps, and a hash of the key |
 * | `stage` | O(1), and O(queued writes) |
 * | `report` | O(1): its size is bounded |
 * | `sweep`, `backfill` | O(n), in slices |
 */
export class TwinMap<K, V> implements ConcurrentMap<K, V> {
  readonly #old: ConcurrentMap<K, V>;
  readonly #new: ConcurrentMap<K, V>;
  readonly #options: CheckedOptions<V>;
  readonly #ledger: Ledger;
  readonly #versions: KeyVersions;
  readonly #mirror: Mirror<K, V>;
  readonly #comparer: Comparer<K, V>;
  readonly #recorder: DiffRecorder<K, V>;
  readonly #sampler: Sampler;
  readonly #sweep: Work;
  readonly #backfill: Work;
  readonly #startedAtMs: number;
  #tally: SweepTally = { suspects: 0, diffs: 0, inconclusive: 0 };
  #backfilled = false;
  #sweptClean = false;
  #closed = false;

  #stage: Stage = "off";
  #percent = new Sampler(0, PERCENT_SALT);
  /** The side that answers; at `live`, for the keys that the new map does not answer for. */
  #front: ConcurrentMap<K, V>;
  /** The stage's rules, side by side with the map so that a read that is not watched costs one look. */
  #watchesReads = false;
  /** Whether it takes a key's hash to know what to do with a read: not if all are compared and one side answers. */
  #hashesReads = false;
  #splits = false;
  #mirrors = false;
  #inline = true;

  /** Use {@link twin}. */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, options: TwinOptions<V>) {
    const checked = checkOptions(options);
    const { clock, slice: sliceMs, maxPending } = checked;
    this.#old = oldMap;
    this.#new = newMap;
    this.#front = oldMap;
    this.#options = checked;
    this.#ledger = new Ledger(checked.maxRecent);
    this.#versions = new KeyVersions(clock);
    this.#sampler = new Sampler(checked.sample, SAMPLE_SALT);
    this.#recorder = new DiffRecorder(this.#ledger, checked, newMap);
    this.#mirror = new Mirror(this.#versions, this.#recorder, clock, maxPending, sliceMs);
    this.#comparer = new Comparer({
      oldMap,
      newMap,
      versions: this.#versions,
      ledger: this.#ledger,
      clock,
      equals: (oldValue, newValue) => this.#recorder.equals(oldValue, newValue),
      maxPending,
      sliceMs,
      drainMirror: () => this.#mirror.drainSlice(),
      onDiff: (found, operation, comparisons) => this.#recorder.record(found, operation, comparisons),
    });
    this.#sweep = new Work(clock, sliceMs);
    this.#backfill = new Work(clock, sliceMs);
    this.#startedAtMs = clock.now();
  }

  /** The traits of the map that answers. */
  get traits(): Traits {
    return this.#front.traits;
  }

  get size(): number {
    this.#ledger.reads++;
    return this.#front.size;
  }

  get(key: K): V | undefined {
    this.#ledger.reads++;
    return this.#watchesReads ? this.#watched(key, "get").get(key) : this.#front.get(key);
  }

  has(key: K): boolean {
    this.#ledger.reads++;
    return this.#watchesReads ? this.#watched(key, "has").has(key) : this.#front.has(key);
  }

  set(key: K, value: V): this {
    const first = this.#beginWrite(key);
    first.set(key, value);
    if (!this.#mirrors) return this;
    const apply = (map: ConcurrentMap<K, V>): undefined => void map.set(key, value);
    this.#handOn(first, "set", key, apply, undefined);
    return this;
  }

  delete(key: K): boolean {
    const first = this.#beginWrite(key);
    const deleted = first.delete(key);
    if (this.#mirrors) this.#handOn(first, "delete", key, (map) => map.delete(key), deleted);
    return deleted;
  }

  clear(): void {
    this.#ledger.writes++;
    this.#front.clear();
    if (!this.#mirrors) return;
    const other = this.#other(this.#front);
    this.#versions.allWritten();
    const apply = (map: ConcurrentMap<K, V>): undefined => {
      this.#versions.allWritten();
      map.clear();
    };
    this.#apply({
      operation: "clear",
      key: undefined as K,
      hash: 0,
      apply,
      answer: undefined,
      sampled: !this.#closed,
      comparesAnswers: false,
      to: other,
    });
  }

  getOrInsert(key: K, value: V): V {
    return this.#insert(key, () => value, "getOrInsert", (map) => map.getOrInsert(key, value));
  }

  getOrInsertComputed(key: K, compute: (key: K) => V): V {
    let computed: V;
    const once = (stored: K) => computed = compute(stored);
    return this.#insert(key, once, "getOrInsertComputed", (map) => map.getOrInsertComputed(key, () => computed));
  }

  getAndDelete(key: K): V | undefined {
    const first = this.#beginWrite(key);
    const before = first.getAndDelete(key);
    if (this.#mirrors) this.#handOn(first, "getAndDelete", key, (map) => map.getAndDelete(key), before);
    return before;
  }

  getAndSet(key: K, value: V): V | undefined {
    const first = this.#beginWrite(key);
    const before = first.getAndSet(key, value);
    if (this.#mirrors) this.#handOn(first, "getAndSet", key, (map) => map.getAndSet(key, value), before);
    return before;
  }

  compareAndSet(key: K, expected: V, value: V): boolean {
    const first = this.#beginWrite(key);
    const done = first.compareAndSet(key, expected, value);
    if (this.#mirrors) {
      this.#handOn(first, "compareAndSet", key, (map) => map.compareAndSet(key, expected, value), done);
    }
    return done;
  }

  compareAndDelete(key: K, expected: V): boolean {
    const first = this.#beginWrite(key);
    const done = first.compareAndDelete(key, expected);
    if (this.#mirrors) {
      this.#handOn(first, "compareAndDelete", key, (map) => map.compareAndDelete(key, expected), done);
    }
    return done;
  }

  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const first = this.#beginWrite(key);
    const writesBefore = this.#ledger.writes;
    let before: V | undefined;
    const after = first.update(key, (current) => fn(before = current));
    if (!this.#mirrors) return after;
    const nested = this.#ledger.writes !== writesBefore;
    const apply = (map: ConcurrentMap<K, V>): V | undefined => {
      let seen: V | undefined;
      map.update(key, (current) => {
        seen = current;
        return after;
      });
      return nested ? before : seen;
    };
    this.#handOn(first, "update", key, apply, before);
    return after;
  }

  forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    this.#watchedWhole("forEach").forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  entries(): MapIterator<[K, V]> {
    return this.#watchedWhole("entries").entries();
  }

  keys(): MapIterator<K> {
    return this.#watchedWhole("keys").keys();
  }

  values(): MapIterator<V> {
    return this.#watchedWhole("values").values();
  }

  snapshot(): Iterable<[K, V]> {
    return this.#watchedWhole("snapshot").snapshot();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "TwinMap";
  }

  /**
   * Moves to a neighbouring stage. Queued writes are applied first.
   *
   * @param stage The stage to be at; the present one stays as it is, but for `percent`.
   * @param options The percentage, at `live`.
   * @throws {StageError} If the move is not allowed; it says what is missing.
   * @throws {RangeError} If there is no such stage, or `percent` is not from 0 to 100 or given at another stage.
   */
  stage(stage: Stage, options: StageOptions = {}): void {
    if (!STAGE_NAMES.includes(stage)) {
      throw new RangeError(`Cannot move to a stage: it must be one of ${STAGE_NAMES.join(", ")}: received ${stage}`);
    }
    const { percent = 100 } = options;
    if (typeof percent !== "number" || !(percent >= 0 && percent <= 100)) {
      throw new RangeError(`Cannot move to ${stage}: percent must be a number from 0 to 100: received ${percent}`);
    }
    if (options.percent !== undefined && stage !== "live") {
      throw new RangeError(`Cannot move to ${stage}: percent goes with live only: received ${percent}`);
    }
    if (this.#closed && stage !== this.#stage) throw new StageError(`move to ${stage}`, ["an open twin"]);
    const missing = missingFor(this.#stage, stage, this.#evidence());
    if (missing.length > 0) throw new StageError(`move from ${this.#stage} to ${stage}`, missing);
    this.#mirror.flush();
    const from = STAGES[this.#stage];
    const to = STAGES[stage];
    if (from.mirrors && !to.mirrors) this.#part();
    this.#stage = stage;
    this.#percent = new Sampler(to.answers === "split" ? percent / 100 : 0, PERCENT_SALT);
    this.#front = to.answers === "new" ? this.#new : this.#old;
    this.#splits = to.answers === "split";
    this.#mirrors = to.mirrors;
    this.#inline = to.inline || this.#options.mirror === "inline";
    this.#watchesReads = to.comparesReads && (this.#splits || this.#sampler.share > 0);
    this.#hashesReads = this.#splits || this.#sampler.share < 1;
    if (!from.mirrors && to.mirrors) this.#backfilled = this.#front.size === 0;
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
    const [source, target] = from === "new" ? [this.#new, this.#old] : [this.#old, this.#new];
    this.#backfilled = false;
    this.#sweptClean = false;
    const ready = () => this.#mirror.drainSlice();
    await backfill(this.#backfill, source, target, ready, (key) => this.#versions.written(keyHash(key)));
    if (this.#backfill.state === "done") this.#backfilled = true;
  }

  /**
   * Compares all keys, in both directions, while the map is used.
   *
   * @returns Whether it came to its end and found nothing: no diff, and nothing inconclusive.
   * @throws {StageError} At `off` and `complete`, where only one side is written, or if one is running.
   */
  async sweep(): Promise<boolean> {
    this.#checkWork("sweep", this.#mirrors ? [] : ["a stage at which both sides are written"]);
    const evidence = { backfilled: this.#backfilled };
    const tally: SweepTally = { suspects: 0, diffs: 0, inconclusive: 0 };
    this.#tally = tally;
    this.#sweptClean = false;
    const ready = () => this.#mirror.drainSlice();
    await sweep(this.#sweep, this.#old, this.#new, this.#comparer, tally, ready, this.#options.clock);
    const clean = this.#sweep.state === "done" && tally.diffs === 0 && tally.inconclusive === 0;
    this.#sweptClean = clean && evidence.backfilled && this.#backfilled;
    return clean;
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

  /** Waits until every write is mirrored and every comparison that is due has come to an end. */
  async settle(): Promise<void> {
    this.#mirror.flush();
    await this.#comparer.idle();
  }

  /** What is known now. */
  report(): TwinReport {
    const now = this.#options.clock.now();
    this.#ledger.advance(now);
    const evidence = this.#evidence();
    const state: TwinState = {
      name: this.#options.name,
      stage: this.#stage,
      percent: this.#splits ? this.#percent.share * 100 : this.#front === this.#new ? 100 : 0,
      moves: neighbours(this.#stage).map((stage) => ({
        stage,
        missing: [...missingFor(this.#stage, stage, evidence)],
      })),
      traits: { old: this.#old.traits, new: this.#new.traits },
      mirror: {
        mode: this.#inline ? "inline" : "queued",
        pending: this.#mirror.pending,
        errors: this.#mirror.errors,
        overruns: this.#mirror.overruns,
      },
      sample: this.#options.sample,
      backfill: { state: this.#backfill.state, done: this.#backfill.done, total: this.#backfill.total },
      sweep: {
        state: this.#sweep.state,
        done: this.#sweep.done,
        total: this.#sweep.total,
        diffs: this.#tally.diffs,
        inconclusive: this.#tally.inconclusive,
        clean: this.#sweep.state === "done" ? this.#tally.diffs + this.#tally.inconclusive === 0 : null,
      },
    };
    return makeReport(state, this.#ledger, this.#startedAtMs, now);
  }

  /**
   * Ends the comparing: queued writes are applied, what is still due is dropped, a sweep or backfill aborted. The map goes
   * on serving at its stage, writes are still mirrored.
   */
  close(): void {
    this.#closed = true;
    this.#mirror.flush();
    this.#part();
    this.#watchesReads = this.#splits;
  }

  /** As {@link TwinMap.close}, after {@link TwinMap.settle}. */
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
    this.#comparer.drop();
    this.#backfilled = false;
    this.#sweptClean = false;
  }

  #other(map: ConcurrentMap<K, V>): ConcurrentMap<K, V> {
    return map === this.#old ? this.#new : this.#old;
  }

  /** The side that answers for `key`, after its comparison was made due if it is sampled. */
  #watched(key: K, operation: string): ConcurrentMap<K, V> {
    const hash = this.#hashesReads ? keyHash(key) : 0;
    if (!this.#closed && this.#sampler.includes(hash)) this.#comparer.due(key, operation);
    return this.#splits && this.#percent.includes(hash) ? this.#new : this.#front;
  }

  #watchedWhole(operation: string): ConcurrentMap<K, V> {
    this.#ledger.reads++;
    const ordered = this.#old.traits.order === "insertion" && this.#new.traits.order === "insertion";
    if (this.#watchesReads && !this.#closed && ordered) this.#comparer.orderDue(operation);
    return this.#front;
  }

  /** Counts a write to `key`, and finds the side that it goes to first. */
  #beginWrite(key: K): ConcurrentMap<K, V> {
    this.#ledger.writes++;
    return this.#splits && this.#percent.includes(keyHash(key)) ? this.#new : this.#front;
  }

  #insert(key: K, compute: (key: K) => V, operation: string, insert: (map: ConcurrentMap<K, V>) => V): V {
    const first = this.#beginWrite(key);
    const writesBefore = this.#ledger.writes;
    let inserted = false;
    const value = first.getOrInsertComputed(key, (stored) => {
      const computed = compute(stored);
      inserted = true;
      return computed;
    });
    if (!this.#mirrors) return value;
    if (!inserted) {
      if (this.#watchesReads) this.#watched(key, operation);
    } else if (this.#ledger.writes !== writesBefore) {
      this.#handOn(first, operation, key, (map) => map.set(key, value).get(key), value);
    } else {
      this.#handOn(first, operation, key, insert, value);
    }
    return value;
  }

  /**
   * Hands a write on that `first` has answered. The answers say whether the two sides held the same, so they are compared
   * as soon as the other side holds what was there before; `set` answers nothing, so what it leaves is compared.
   */
  #handOn(
    first: ConcurrentMap<K, V>,
    operation: string,
    key: K,
    apply: (map: ConcurrentMap<K, V>) => unknown,
    answer: unknown,
  ): void {
    const hash = keyHash(key);
    const sampled = !this.#closed && this.#sampler.includes(hash);
    this.#apply({
      operation,
      key,
      hash,
      apply,
      answer,
      sampled,
      comparesAnswers: sampled && this.#backfilled && operation !== "set",
      to: this.#other(first),
    });
    if (sampled && operation === "set") this.#comparer.due(key, operation);
  }

  #apply(write: MirroredWrite<K, V>): void {
    if (!this.#inline) this.#mirror.enqueue(write);
    else this.#mirror.apply(write);
  }
}

/**
 * Puts an old and a new map behind one: the old one goes on serving, and the change to the new one can be made in stages
 * and watched.
 *
 * @param oldMap The map that is in use; a plain `Map` is adopted, not copied.
 * @param newMap The map that is to take over.
 * @param options See {@link TwinOptions}.
 * @returns The twin, at stage `off`.
 * @throws {TypeError} If a side is not a map, or an option is of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example
 * ```ts
 * import { NativeMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const sessions = twin(new Map([["a", 1]]), new NativeMap<string, number>(), { name: "sessions" });
 * sessions.stage("dualwrite");
 * await sessions.backfill();
 * sessions.stage("shadow");
 * assertEquals(sessions.get("a"), 1);
 * await sessions.settle();
 * assertEquals(sessions.report().diffs, 0);
 * ```
 */
export function twin<K, V>(
  oldMap: ConcurrentMap<K, V> | Map<K, V>,
  newMap: ConcurrentMap<K, V> | Map<K, V>,
  options: TwinOptions<V> = {},
): TwinMap<K, V> {
  const sides = [asConcurrentMap(oldMap, "old"), asConcurrentMap(newMap, "new")] as const;
  if (oldMap as unknown === newMap) {
    throw new TypeError("Cannot create a twin: old and new must be two maps: received one twice");
  }
  return new TwinMap(...sides, options);
}

function asConcurrentMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, side: string): ConcurrentMap<K, V> {
  if (map instanceof Map) return NativeMap.adopt(map);
  if (typeof map?.compareAndSet !== "function" || typeof map.traits !== "object") {
    throw new TypeError(
      `Cannot create a twin: the ${side} map must be a Map or a ConcurrentMap: received ${typeof map}`,
    );
  }
  return map;
}
