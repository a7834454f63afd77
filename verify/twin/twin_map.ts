import { checkCallback } from "../../src/callback.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { setOn, updateOn } from "../mirror/mirror.ts";
import type { Lane, Reader, Setter } from "../migration/lane.ts";
import { Migration } from "../migration/migration.ts";
import type { Repair, RepairOptions } from "../migration/repairs.ts";
import type { SidesSetting } from "../migration/sides.ts";
import { SyncSides } from "../migration/sync_sides.ts";
import { WriteCallbacks } from "../migration/write_callbacks.ts";
import { evicts } from "../pair/eviction.ts";
import type { TwinReport } from "../report/report.ts";
import type { OperationCounts } from "../sampling/resting_counts.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, PaceOptions, StageOptions } from "../stages/stage_options.ts";
import { checkSyncTwinOptions, type TwinOptions } from "./options.ts";
import { WholeMap } from "./whole_map.ts";

/**
 * A map that is two maps: every operation is answered by the authoritative one and mirrored to the other, and the two are
 * compared off the caller's path. Made by `twin`. To its callers it is the authoritative map: the same results, errors and
 * iteration. Operations on the whole map (`size`, iteration, `snapshot`) are answered by the old map before `rampdown`, and
 * by the new one from there on.
 *
 * | method | cost |
 * | --- | --- |
 * | reads | that of the authoritative map; a hash of the key of those that are looked at where `sample` is a part, of all where `percent` is |
 * | writes | that of both maps, and a hash of the key, but for `set`s that are not looked at |
 * | `stage`, `report`; `sweep`, `backfill` | O(1), and O(queued writes); O(n), in slices |
 */
export class TwinMap<K, V> extends WholeMap<K, V> {
  readonly #migration: Migration<K, V, Lane<K, V>>;
  readonly #callbacks = new WriteCallbacks();
  #operations!: OperationCounts;
  /** The lane of the present stage, and its reader and setter, at hand. */
  #lane!: Lane<K, V>;
  #reader!: Reader<K, V>;
  #setter!: Setter<K, V>;

  /** Use `twin`. */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, options: TwinOptions<K, V>) {
    super();
    const entered = (lane: Lane<K, V>) => void ({ reader: this.#reader, setter: this.#setter } = this.#lane = lane);
    const sides = (setting: SidesSetting<K, V>) => new SyncSides(oldMap, newMap, this.#callbacks, setting);
    const counted = (counts: OperationCounts) => void (this.#operations = counts);
    this.#migration = new Migration(this, checkSyncTwinOptions(options), sides, entered, counted);
  }

  /**
   * Moves to a neighbouring stage. Queued writes are applied first. Several instances that share the two maps, each with a twin
   * of its own, may be at neighbouring stages, if `mirror` is `inline` and backfills are made while all are at one stage.
   * Where the new map comes to answer more keys (a larger `percent`, `rampdown`), and for `complete`, the gate must pass. A
   * move back needs an old map that holds everything, and missed no write.
   *
   * @param stage The stage to move to: the present one, or one of its neighbours.
   * @param options The percentage, at `live`; and `force`, with a reason, to go past what is not known.
   * @throws {StageError} If the move is not allowed; the error says what is missing.
   * @throws {RangeError | TypeError} If there is no such stage, or an option is wrong.
   */
  stage(stage: Stage, options: StageOptions = {}): void {
    this.#migration.stage(stage, options);
  }

  /**
   * Moves back to where the old map answers every key, `live` with 0 %. If the old map lacks anything, it is backfilled on the
   * way; if it answers every key already, nothing is done. The report says `why`, in 1 to 500 characters.
   *
   * @throws {StageError | TypeError} If the twin is closed, nothing is known of the old map, as after a restart, or there is no reason.
   */
  back(why: string): Promise<void> {
    return this.#migration.back(why);
  }

  /**
   * Declares that the new map was repaired or replaced: the gate needs another clean sweep, and counts from zero. Nothing is
   * copied: if the new map was emptied, backfill it as well. The report says `why`, in 1 to 500 characters.
   *
   * @throws {StageError | TypeError} If the twin is closed, or there is no reason.
   */
  reset(why: string): void {
    this.#migration.reset(why);
  }

  /**
   * Makes the other side equal to the one that answers, while callers go on writing: copies what that holds, and deletes what only
   * the other one has, unless that is shared more widely (trait `scope`). `report().backfill` says how it ended, and what was left.
   *
   * @param options The side to copy `from`.
   * @throws {StageError} At `off` and `complete`, at `live` if no side is named, if a side is named that does not answer and
   * lacks entries, if a backfill or sweep is running, or if the twin is closed.
   * @throws {RangeError | TypeError} If an option is wrong.
   */
  backfill(options: BackfillOptions = {}): Promise<void> {
    return this.#migration.backfill(options);
  }

  /**
   * Compares all keys, in both directions. Returns whether it ended and nothing was different, late or inconclusive meanwhile.
   *
   * @throws {StageError} At `off` and `complete`, if a backfill or sweep is running, or if the twin is closed.
   */
  sweep(options: PaceOptions = {}): Promise<boolean> {
    return this.#migration.sweep(options);
  }

  /**
   * Refreshes the keys that were found different, up to `maxPending` of them. What only the other side has is deleted, unless that
   * is shared more widely (trait `scope`). The order of the keys is left as it is: a backfill makes it the same. What was counted
   * stays counted: `reset`, then sweep.
   *
   * A map that other threads or processes write too is changed by compare-and-set against what was read. O(keys found different).
   *
   * @param options Whether nothing is written (`dryRun`), or what is taken back (`undo`).
   * @returns What was changed, and what takes it back.
   * @throws {StageError} At `off` and `complete`, if a backfill or sweep is running, or if the twin is closed.
   * @throws {TypeError} If an option is wrong.
   */
  repair(options: RepairOptions<K, V> = {}): Promise<Repair<K, V>> {
    return this.#migration.repair(options);
  }

  /** Pauses the sweep or backfill that is running. */
  pause(): void {
    this.#migration.pause();
  }

  /** Lets a paused sweep or backfill go on. */
  resume(): void {
    this.#migration.resume();
  }

  /** Waits until every write is mirrored, and every comparison that is due now has ended. */
  settle(): Promise<void> {
    return this.#migration.settle();
  }

  /** Reports what is known now. */
  report(): TwinReport {
    return this.#migration.report();
  }

  /** Ends the comparing, and aborts a sweep or backfill. The map goes on serving at its stage, and mirrors writes. */
  close(): void {
    this.#migration.close();
  }

  /** Calls {@link TwinMap.settle}, then {@link TwinMap.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
    this.close();
  }

  /** The traits of the map that answers. */
  override get traits(): Traits {
    return this.#lane.front.traits;
  }

  /** The number of entries. */
  override get size(): number {
    this.#operations.reads++;
    return this.#lane.front.size;
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K): V | undefined {
    const value = this.#reader.get(key);
    this.#operations.reads++;
    return value;
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K): boolean {
    const has = this.#reader.has(key);
    this.#operations.reads++;
    return has;
  }

  /** Sets the value of `key` and returns the map. */
  set(key: K, value: V): this {
    this.#setter.set(key, value);
    this.#operations.writes++;
    return this;
  }

  /** Removes `key`, and returns whether it was present. */
  delete(key: K): boolean {
    return this.#write("delete", key, (map) => map.delete(key));
  }

  /** Removes every entry. */
  override clear(): void {
    this.#operations.writes++;
    this.#lane.clear();
  }

  /** The value of `key`, after setting it to `value` if the key was absent. */
  override getOrInsert(key: K, value: V): V {
    return this.#insert("getOrInsert", key, () => value, (map) => map.getOrInsert(key, value));
  }

  /** The value of `key`, after setting it to what `compute` returns if the key was absent. */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    let computed: V;
    const computeOnce = (stored: K) => computed = compute(stored);
    return this.#insert("getOrInsertComputed", key, computeOnce, (map) => map.getOrInsertComputed(key, () => computed));
  }

  /** Removes `key` and returns the value it had. */
  override getAndDelete(key: K): V | undefined {
    return this.#write("getAndDelete", key, (map) => map.getAndDelete(key));
  }

  /** Sets the value of `key` and returns the one it had before. */
  override getAndSet(key: K, value: V): V | undefined {
    return this.#write("getAndSet", key, (map) => map.getAndSet(key, value));
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it did. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    const apply = (map: ConcurrentMap<K, V>) => map.compareAndSet(key, expected, value);
    return this.#writeIf("compareAndSet", key, apply, (map) => (setOn(map, key, value), map.has(key)));
  }

  /** Removes `key` if its value is `expected`, and returns whether it did. */
  override compareAndDelete(key: K, expected: V): boolean {
    const apply = (map: ConcurrentMap<K, V>) => map.compareAndDelete(key, expected);
    return this.#writeIf("compareAndDelete", key, apply, (map) => map.delete(key));
  }

  /** Replaces the value of `key` by what `fn` returns for it; `undefined` deletes the key. */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const first = this.#beginWrite(key);
    const writesBefore = this.#operations.writes;
    let before: V | undefined;
    const after = first.update(key, (current) => this.#callbacks.run(() => fn(before = current)));
    // What `fn` itself wrote is on the other side before this is.
    const isNested = this.#operations.writes !== writesBefore;
    const apply = (map: ConcurrentMap<K, V>) =>
      isNested ? (updateOn(map, key, after), before) : updateOn(map, key, after);
    this.#lane.handOn({ operation: "update", key, first, apply, answer: before });
    return after;
  }

  /** The side that answers operations on the whole map. */
  protected override readWhole(operation: string): ConcurrentMap<K, V> {
    this.#operations.reads++;
    this.#lane.compareOrder(operation);
    return this.#lane.front;
  }

  #beginWrite(key: K): ConcurrentMap<K, V> {
    this.#operations.writes++;
    return this.#lane.first(key);
  }

  #write<A>(operation: string, key: K, apply: (map: ConcurrentMap<K, V>) => A): A {
    const first = this.#beginWrite(key);
    const answer = apply(first);
    this.#lane.handOn({ operation, key, first, apply, answer });
    return answer;
  }

  #writeIf(
    operation: string,
    key: K,
    apply: (map: ConcurrentMap<K, V>) => boolean,
    applyAnyway: (map: ConcurrentMap<K, V>) => boolean,
  ): boolean {
    const first = this.#beginWrite(key);
    const answer = apply(first);
    this.#lane.handOnConditional({ operation, key, first, apply, applyAnyway, answer });
    return answer;
  }

  #insert(operation: string, key: K, compute: (key: K) => V, insert: (map: ConcurrentMap<K, V>) => V): V {
    const first = this.#beginWrite(key);
    const writesBefore = this.#operations.writes;
    let isInserted = false;
    const answer = first.getOrInsertComputed(key, (stored) => {
      const computed = this.#callbacks.run(() => compute(stored));
      isInserted = true;
      return computed;
    });
    // The other side may hold what `compute` wrote, or what the first side has evicted.
    const isNested = this.#operations.writes !== writesBefore;
    const apply = (map: ConcurrentMap<K, V>) =>
      isNested || evicts(first) ? (setOn(map, key, answer), map.get(key)) : insert(map);
    if (isInserted) this.#lane.handOn({ operation, key, first, apply, answer });
    else this.#lane.compareRead(key, operation);
    return answer;
  }
}
