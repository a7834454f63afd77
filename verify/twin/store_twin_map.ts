import { AbstractMap } from "../../src/abstract_map.ts";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import { checkCallback } from "../../src/callback.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { showAsMap } from "../../src/inspection/show_as_map.ts";
import { lift } from "../../src/lift.ts";
import type { Repair, RepairOptions } from "../migration/repairs.ts";
import { steeredBy, type Steering, steeringOf } from "../migration/steering.ts";
import type { SyncFace } from "../migration/sync_face.ts";
import type { TwinReport } from "../report/report.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, PaceOptions, StageOptions } from "../stages/stage_options.ts";
import type { AsyncTwinOptions } from "./async_options.ts";
import { AsyncTwinMap } from "./async_twin_map.ts";

/**
 * A twin of a synchronous map and a store. Made by `twin`. Up to `shadow` it is a `ConcurrentMap`, which the old map answers at
 * once, so that a `Map` can be wrapped without a change to its callers. {@link StoreTwinMap.promised} is the same twin as an
 * `AsyncConcurrentMap`, for callers that have been changed: from `live` on, it alone answers.
 *
 * - A write is on the old map when its call returns, and is copied to the store soon after, with what the old map holds then. That
 *   is so even with `mirror: "inline"`, which is for promised calls alone: a synchronous call cannot wait.
 * - If more than `maxPending` keys wait, further ones go to the journal, and are copied from there. What does not fit there either
 *   needs another backfill.
 * - `clear` copies the removal of each entry: of more than `maxPending` at a time, it is as if each had been written.
 * - If the store is shared more widely than the old map (trait `scope`, or the option), each instance has an old map of its own: it
 *   compares and copies the keys of that map alone, and claims nothing of others. `clear` removes what its own map holds, a backfill
 *   deletes nothing, and there is none from the store. A key that several instances hold with different values, such as a counter,
 *   is found as a diff of kind `value`: it cannot be moved by copying.
 *
 * | method | cost |
 * | --- | --- |
 * | reads | that of the old map; at `shadow`, also a hash of the key |
 * | writes | that of the old map, and O(1) to note the key |
 * | `clear` | O(n) |
 *
 * @example
 * ```ts
 * import { lift, NativeMap, twin } from "@twinmap/twinmap";
 * import { assertEquals } from "@std/assert";
 *
 * const store = lift(new NativeMap<string, number>());
 * const sessions = twin(new Map([["ann", 1]]), store, { name: "sessions" });
 * await sessions.stage("dualwrite");
 * await sessions.backfill();
 * sessions.set("bob", 2);
 * assertEquals(sessions.get("bob"), 2);
 * await sessions.settle();
 * assertEquals(await store.get("bob"), 2);
 * assertEquals(await sessions.promised.get("bob"), 2);
 * sessions.close();
 * ```
 */
export class StoreTwinMap<K, V> extends AbstractMap<K, V> {
  /** The same twin as an `AsyncConcurrentMap`. It answers at every stage. */
  readonly promised: AsyncTwinMap<K, V>;
  #face!: SyncFace<K, V>;

  /** Use `twin`. */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: AsyncConcurrentMap<K, V>, options: AsyncTwinOptions<K, V>) {
    super();
    const made = (face: SyncFace<K, V>) => void (this.#face = face);
    this.promised = new AsyncTwinMap(lift(oldMap), newMap, options, { oldMap, made });
    steeredBy(this, steeringOf(this.promised) as Steering);
  }

  /**
   * Moves to a neighbouring stage, as `AsyncTwinMap.stage` does. For `live`, no synchronous call may have come for `syncIdleMs`,
   * whatever is forced.
   *
   * @param stage The stage to move to: the present one, or one of its neighbours.
   * @param options The percentage, at `live`; and `force`, with a reason, to go past the gate.
   * @throws {StageError} If the move is not allowed, writes do not end in time, or synchronous calls came: it says how many.
   * @throws {RangeError | TypeError} If there is no such stage, or an option is wrong.
   */
  stage(stage: Stage, options: StageOptions = {}): Promise<void> {
    return this.promised.stage(stage, options);
  }

  /**
   * Moves back to where the old map answers every key, as `TwinMap.back` does.
   *
   * @throws {StageError | TypeError} If the twin is closed, the old map may lack entries, or there is no reason.
   */
  back(why: string): Promise<void> {
    return this.promised.back(why);
  }

  /**
   * Declares that the new map was repaired or replaced, as `TwinMap.reset` does.
   *
   * @throws {StageError | TypeError} If the twin is closed, or there is no reason.
   */
  reset(why: string): void {
    this.promised.reset(why);
  }

  /**
   * Makes the other side equal to the one that answers, as `AsyncTwinMap.backfill` does.
   *
   * @throws {StageError} As `AsyncTwinMap.backfill`.
   * @throws {RangeError | TypeError} If an option is wrong.
   * @throws {StoreError} If the store fails.
   */
  backfill(options: BackfillOptions = {}): Promise<void> {
    return this.promised.backfill(options);
  }

  /**
   * Compares all keys, as `AsyncTwinMap.sweep` does.
   *
   * @throws {StageError | RangeError | TypeError} As `AsyncTwinMap.sweep`.
   * @throws {StoreError} If the store fails when its keys are walked.
   */
  sweep(options: PaceOptions = {}): Promise<boolean> {
    return this.promised.sweep(options);
  }

  /**
   * Refreshes the keys that were found different, as `AsyncTwinMap.repair` does.
   *
   * @throws {StageError | TypeError} As `AsyncTwinMap.repair`.
   */
  repair(options: RepairOptions<K, V> = {}): Promise<Repair<K, V>> {
    return this.promised.repair(options);
  }

  /** Pauses the sweep or backfill that is running. */
  pause(): void {
    this.promised.pause();
  }

  /** Lets a paused sweep or backfill go on. */
  resume(): void {
    this.promised.resume();
  }

  /** Waits until every write is copied or in the journal, and every comparison that is due now has ended. */
  settle(): Promise<void> {
    return this.promised.settle();
  }

  /** Reports what is known now. */
  report(): TwinReport {
    return this.promised.report();
  }

  /** Ends the comparing, and aborts a sweep or backfill. The map goes on serving at its stage, and copies writes. */
  close(): void {
    this.promised.close();
  }

  /** Calls {@link StoreTwinMap.settle}, then {@link StoreTwinMap.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.promised[Symbol.asyncDispose]();
  }

  /** The traits of the map that answers. */
  override get traits(): Traits {
    return this.promised.traits;
  }

  /** The number of entries. @throws {StageError} From `live` on. */
  override get size(): number {
    return this.#face.readingWhole("size").size;
  }

  /** The value of `key`, or `undefined` if it is absent. @throws {StageError} From `live` on. */
  get(key: K): V | undefined {
    return this.#face.reading("get", key).get(key);
  }

  /** Whether `key` is present, even if its value is `undefined`. @throws {StageError} From `live` on. */
  has(key: K): boolean {
    return this.#face.reading("has", key).has(key);
  }

  /** Sets the value of `key` and returns the map. @throws {StageError} From `live` on. */
  set(key: K, value: V): this {
    const face = this.#face;
    face.called("set").set(key, value);
    face.wrote(key);
    return this;
  }

  /** Removes `key`, and returns whether it was present. @throws {StageError} From `live` on. */
  delete(key: K): boolean {
    return this.#writeIf(key, this.#face.called("delete").delete(key));
  }

  /** Removes every entry of the old map, and has them removed from the new one. O(n). @throws {StageError} From `live` on. */
  override clear(): void {
    this.#face.clear();
  }

  /** The value of `key`, after setting it to `value` if the key was absent. @throws {StageError} From `live` on. */
  override getOrInsert(key: K, value: V): V {
    return this.#insert("getOrInsert", key, () => value);
  }

  /**
   * The value of `key`, after setting it to what `compute` returns if the key was absent.
   *
   * @throws {TypeError} If `compute` is not a function.
   * @throws {StageError} From `live` on.
   */
  override getOrInsertComputed(key: K, compute: (key: K) => V): V {
    checkCallback("getOrInsertComputed", compute);
    return this.#insert("getOrInsertComputed", key, compute);
  }

  /** Removes `key` and returns the value it had. @throws {StageError} From `live` on. */
  override getAndDelete(key: K): V | undefined {
    const map = this.#face.called("getAndDelete");
    const wasPresent = map.has(key);
    const before = map.getAndDelete(key);
    this.#writeIf(key, wasPresent);
    return before;
  }

  /** Sets the value of `key` and returns the one it had before. @throws {StageError} From `live` on. */
  override getAndSet(key: K, value: V): V | undefined {
    const before = this.#face.called("getAndSet").getAndSet(key, value);
    this.#face.wrote(key);
    return before;
  }

  /** Sets the value of `key` if it is `expected`, and returns whether it did. @throws {StageError} From `live` on. */
  override compareAndSet(key: K, expected: V, value: V): boolean {
    return this.#writeIf(key, this.#face.called("compareAndSet").compareAndSet(key, expected, value));
  }

  /** Removes `key` if its value is `expected`, and returns whether it did. @throws {StageError} From `live` on. */
  override compareAndDelete(key: K, expected: V): boolean {
    return this.#writeIf(key, this.#face.called("compareAndDelete").compareAndDelete(key, expected));
  }

  /**
   * Replaces the value of `key` by what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `fn` is not a function.
   * @throws {StageError} From `live` on.
   */
  override update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const map = this.#face.called("update");
    const wasPresent = map.has(key);
    const after = map.update(key, fn);
    this.#writeIf(key, wasPresent || after !== undefined);
    return after;
  }

  /** Calls `callback` for each entry. @throws {StageError} From `live` on. */
  override forEach(callback: (value: V, key: K, map: this) => void, thisArg?: unknown): void {
    checkCallback("forEach", callback);
    this.#face.readingWhole("forEach").forEach((value, key) => callback.call(thisArg, value, key, this));
  }

  /** Iterates over the entries, as `[key, value]`. @throws {StageError} From `live` on. */
  entries(): MapIterator<[K, V]> {
    return this.#face.readingWhole("entries").entries();
  }

  /** Iterates over the keys. @throws {StageError} From `live` on. */
  override keys(): MapIterator<K> {
    return this.#face.readingWhole("keys").keys();
  }

  /** Iterates over the values. @throws {StageError} From `live` on. */
  override values(): MapIterator<V> {
    return this.#face.readingWhole("values").values();
  }

  /** The entries as of this moment. @throws {StageError} From `live` on. */
  override snapshot(): Iterable<[K, V]> {
    return this.#face.readingWhole("snapshot").snapshot();
  }

  /** Goes on from a write, and returns whether it changed anything. */
  #writeIf(key: K, isChanged: boolean): boolean {
    if (isChanged) this.#face.wrote(key);
    else this.#face.wroteNothing();
    return isChanged;
  }

  #insert(operation: string, key: K, compute: (key: K) => V): V {
    let isInserted = false;
    const value = this.#face.called(operation).getOrInsertComputed(key, (stored) => {
      const computed = compute(stored);
      isInserted = true;
      return computed;
    });
    this.#writeIf(key, isInserted);
    if (!isInserted) this.#face.compareRead(operation, key);
    return value;
  }

  static {
    showAsMap(this.prototype);
  }
}
