import type {
  AsyncConcurrentMap,
  AsyncExpiringMap,
  Awaitable,
  CallOptions,
  ExpiringSetOptions,
} from "../../src/async_concurrent_map.ts";
import { checkCallback } from "../../src/callback.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { checkOptionNames } from "../../src/options.ts";
import { refusePromisedValue } from "../../src/promised_value.ts";
import type { AsyncLane } from "../migration/async_lane.ts";
import { AsyncReads, expiresAt } from "../migration/async_reads.ts";
import { AsyncSides } from "../migration/async_sides.ts";
import { AsyncWrites } from "../migration/async_writes.ts";
import { Migration } from "../migration/migration.ts";
import type { Repair, RepairOptions } from "../migration/repairs.ts";
import type { SyncFace } from "../migration/sync_face.ts";
import { identified, type IdentifiedKey } from "../pair/identified_key.ts";
import type { TwinReport } from "../report/report.ts";
import type { OperationCounts } from "../sampling/resting_counts.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, PaceOptions, StageOptions } from "../stages/stage_options.ts";
import { AsyncWholeMap } from "./async_whole_map.ts";
import { type AsyncTwinOptions, checkAsyncTwinOptions } from "./async_options.ts";

/**
 * A map that is two stores: every operation is answered by the authoritative one, what it left is copied to the other, and the
 * two are compared off the caller's path. Made by `twin`. To its callers it is the authoritative map.
 *
 * A write answers when the authoritative map has answered; with `mirror: "inline"`, and at `live`, also the other one. A key that
 * cannot be copied is copied later: until then no move is made by which another map comes to answer. `stage` and `clear` wait until
 * the writes under way have ended, and hold others back meanwhile, except writes made while a callback of a write under way runs.
 *
 * While the other map is away, the keys of writes are noted at once, and copied when it is back. The look that follows a `get` does
 * not tell when the entry expires: that is compared by sweeps, and by looks at keys that differ.
 */
export class AsyncTwinMap<K, V> extends AsyncWholeMap<K, V> implements AsyncExpiringMap<K, V> {
  readonly #migration: Migration<K, V, AsyncLane>;
  #sides!: AsyncSides<K, V>;
  #operations!: OperationCounts;
  #reads!: AsyncReads<K, V>;
  #writes!: AsyncWrites<K, V>;
  #identified!: (key: K) => IdentifiedKey<K>;

  /**
   * Use `twin`.
   *
   * @param sync The old map as it is, if calls on it are answered at once, too; and what is called with the face for these.
   */
  constructor(
    oldMap: AsyncConcurrentMap<K, V>,
    newMap: AsyncConcurrentMap<K, V>,
    options: AsyncTwinOptions<K, V>,
    sync?: { readonly oldMap: ConcurrentMap<K, V>; readonly made: (face: SyncFace<K, V>) => void },
  ) {
    super();
    const settings = checkAsyncTwinOptions(options);
    this.#migration = new Migration<K, V, AsyncLane>(
      this,
      settings,
      (setting) => {
        this.#identified = (key) => identified(key, setting.hash);
        this.#sides = new AsyncSides(oldMap, newMap, settings, setting, sync?.oldMap);
        this.#reads = new AsyncReads(this.#sides, this.#identified, setting.comparisons);
        this.#writes = new AsyncWrites(this.#sides);
        return this.#sides;
      },
      () => {},
      (counts) => {
        this.#operations = counts;
        if (this.#sides.face !== undefined) this.#sides.face.operations = counts;
      },
    );
    if (this.#sides.face !== undefined) sync?.made(this.#sides.face);
  }

  /**
   * Moves to a neighbouring stage, as soon as the writes under way have ended and are copied. Other writes wait for it.
   *
   * @param stage The stage to move to: the present one, or one of its neighbours.
   * @param options The percentage, at `live`; and `force`, with a reason, to go past the gate.
   * @throws {StageError} If the move is not allowed, or writes do not end in time; the error says what is missing.
   * @throws {RangeError | TypeError} If there is no such stage, or an option is wrong.
   */
  async stage(stage: Stage, options: StageOptions = {}): Promise<void> {
    await this.#migration.stage(stage, options);
  }

  /**
   * Moves back to where the old map answers every key, as `TwinMap.back` does.
   *
   * @throws {StageError | TypeError} If the twin is closed, the old map may lack entries, or there is no reason.
   */
  back(why: string): Promise<void> {
    return this.#migration.back(why);
  }

  /**
   * Declares that the new map was repaired or replaced, as `TwinMap.reset` does.
   *
   * @throws {StageError | TypeError} If the twin is closed, or there is no reason.
   */
  reset(why: string): void {
    this.#migration.reset(why);
  }

  /**
   * Makes the other side equal to the one that answers, as `TwinMap.backfill` does; but only from the side that answers for
   * every key: a copy from the other one could undo a write.
   *
   * @throws {StageError} At `off` and `complete`, if both sides answer, from a shared new map, if one or a sweep is running, or closed.
   * @throws {RangeError | TypeError} If an option is wrong.
   * @throws {StoreError} If a side fails.
   */
  backfill(options: BackfillOptions = {}): Promise<void> {
    return this.#migration.backfill(options);
  }

  /**
   * Compares all keys, in both directions. Returns whether it ended and nothing was different, late or inconclusive meanwhile.
   *
   * @throws {StageError} At `off` and `complete`, if a backfill or sweep is running, or if the twin is closed.
   * @throws {RangeError | TypeError} If an option is wrong.
   * @throws {StoreError} If a side fails when its keys are walked.
   */
  sweep(options: PaceOptions = {}): Promise<boolean> {
    return this.#migration.sweep(options);
  }

  /**
   * Refreshes the keys that were found different, up to `maxPending` of them: each only if the side that does not answer still holds
   * what is read there. In a shared new map it deletes none. What was counted stays counted: `reset`, then sweep.
   *
   * @throws {StageError | TypeError} As `sweep`, or if an option is wrong.
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

  /** Waits until every write is copied or in the journal, and every comparison that is due now has ended. */
  settle(): Promise<void> {
    return this.#migration.settle();
  }

  /** Reports what is known now. */
  report(): TwinReport {
    return this.#migration.report();
  }

  /** Ends the comparing, and aborts a sweep or backfill. The map goes on serving at its stage, and copies writes. */
  close(): void {
    this.#migration.close();
  }

  /** Calls {@link AsyncTwinMap.settle}, then {@link AsyncTwinMap.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
    this.close();
  }

  /** The traits of the map that answers; at `live`, without an order. */
  get traits(): Traits {
    return this.#reads.traits;
  }

  /** `AsyncTwinMap`. */
  get [Symbol.toStringTag](): string {
    return "AsyncTwinMap";
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K, options?: CallOptions): Promise<V | undefined> {
    this.#operations.reads++;
    try {
      return this.#reads.get(key, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The present entries of these keys. */
  async getMany(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>> {
    this.#operations.reads++;
    return await this.#reads.many("getMany", [...keys], options);
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K, options?: CallOptions): Promise<boolean> {
    return this.#read("has", key, (map) => map.has(key, options));
  }

  /** When the entry of `key` expires, where the map that answers lets entries expire; else as if none ever did. */
  expiresAt(key: K, options?: CallOptions): Promise<number | undefined> {
    return this.#read("expiresAt", key, (map) => expiresAt(map, key, options));
  }

  /** Sets the value of `key` and resolves to the map. */
  async set(key: K, value: V, options?: ExpiringSetOptions): Promise<this> {
    await this.#writing().set(key, value, options);
    return this;
  }

  /** Sets each entry, as `set` does; of two with the same key the later one counts. If it rejects, some may have been set. */
  async setMany(entries: Iterable<readonly [K, V]>, options?: ExpiringSetOptions): Promise<void> {
    const byId = new Map(Array.from(entries, (entry) => [this.#identified(entry[0]).id, entry]));
    await Promise.all(Array.from(byId.values(), ([key, value]) => this.set(key, value, options)));
  }

  /** Removes `key` and resolves to whether it was present. */
  delete(key: K, options?: CallOptions): Promise<boolean> {
    return this.#writing().delete(key, options);
  }

  /** Removes every entry; of a map that is private, its own. @throws {StageError} At `complete`, if others share the new map alone. */
  async clear(options?: CallOptions): Promise<void> {
    await this.#sides.clear(options);
    this.#operations.writes++;
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  async getOrInsert(key: K, value: V, options: CallOptions = {}): Promise<V> {
    checkOptionNames("call getOrInsert()", options, ["signal"]);
    refusePromisedValue(value);
    return await this.getOrInsertComputed(key, () => value, options);
  }

  /** The value of `key`; if it is absent, it is set to what `compute` returns, or resolves to, first. */
  async getOrInsertComputed(key: K, compute: (key: K) => Awaitable<V>, options?: CallOptions): Promise<V> {
    checkCallback("getOrInsertComputed", compute);
    return await this.#writing().getOrInsertComputed(key, compute, options);
  }

  /** Removes `key` and resolves to the value that it had, or `undefined`. */
  getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#writing().getAndDelete(key, options);
  }

  /** Sets the value of `key` and resolves to the one that it had before, or `undefined`. */
  getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined> {
    return this.#writing().getAndSet(key, value, options);
  }

  /** Sets the value of `key` if its present value equals `expected`, and resolves to whether it did. */
  compareAndSet(key: K, expected: V, value: V, options?: CallOptions): Promise<boolean> {
    return this.#writing().compareAndSet(key, expected, value, options);
  }

  /** Removes `key` if its value equals `expected`, and resolves to whether it did. */
  compareAndDelete(key: K, expected: V, options?: CallOptions): Promise<boolean> {
    return this.#writing().compareAndDelete(key, expected, options);
  }

  /** Replaces the value of `key` with what `fn` returns, or resolves to, for it; `undefined` deletes the key. */
  async update(
    key: K,
    fn: (current: V | undefined) => Awaitable<V | undefined>,
    options?: CallOptions,
  ): Promise<V | undefined> {
    checkCallback("update", fn);
    return await this.#writing().update(key, fn, options);
  }

  /** The side that answers operations on the whole map. */
  protected override readWhole(): AsyncConcurrentMap<K, V> {
    this.#operations.reads++;
    return this.#sides.maps[this.#sides.lane.front];
  }

  #read<A>(operation: string, key: K, read: (map: AsyncConcurrentMap<K, V>) => Promise<A>): Promise<A> {
    this.#operations.reads++;
    try {
      return this.#reads.one(operation, key, read);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** What makes a write, which is counted. */
  #writing(): AsyncWrites<K, V> {
    this.#operations.writes++;
    return this.#writes;
  }
}
