import type {
  AsyncConcurrentMap,
  AsyncExpiringMap,
  Awaitable,
  CallOptions,
  ExpiringSetOptions,
} from "../../src/async_concurrent_map.ts";
import { checkCallback } from "../../src/callback.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import type { AsyncLane } from "../migration/async_lane.ts";
import { AsyncSides, type Left } from "../migration/async_sides.ts";
import { Migration } from "../migration/migration.ts";
import { marked, unmarked } from "../mirror/callback_error.ts";
import { identified, type IdentifiedKey } from "../pair/identified_key.ts";
import type { TwinReport } from "../report/report.ts";
import type { OperationCounts } from "../sampling/resting_counts.ts";
import type { Stage } from "../stages/stage.ts";
import type { BackfillOptions, StageOptions } from "../stages/stage_options.ts";
import { type AsyncTwinOptions, checkAsyncTwinOptions } from "./async_options.ts";

/**
 * A map that is two stores: every operation is answered by the authoritative one, what it left is copied to the other, and the
 * two are compared off the caller's path. Made by `twin`. To its callers it is the authoritative map: the same results and
 * errors.
 *
 * A write answers when the authoritative map has answered, with `mirror: "inline"` also the other one. What cannot be copied
 * goes to the journal and is copied later; as long as a key is in it, no move is made by which another map comes to answer.
 *
 * | method | cost |
 * | --- | --- |
 * | reads | that of the authoritative map, and a hash of the key |
 * | writes | that of the authoritative map; after the answer, a write to the other one, and reads where others write too |
 * | `stage`, `clear` | writes wait until those under way have ended and are copied |
 * | `sweep`, `backfill` | O(n), 64 keys at a time |
 */
export class AsyncTwinMap<K, V> implements AsyncExpiringMap<K, V> {
  readonly #migration: Migration<K, V, AsyncLane>;
  #sides!: AsyncSides<K, V>;
  #operations!: OperationCounts;
  #compare!: (key: K, operation: string, hash: number) => void;
  #identified!: (key: K) => IdentifiedKey<K>;

  /** Use `twin`. */
  constructor(
    oldMap: AsyncConcurrentMap<K, V>,
    newMap: AsyncConcurrentMap<K, V>,
    options: AsyncTwinOptions<K, V>,
  ) {
    const settings = checkAsyncTwinOptions(options);
    this.#migration = new Migration<K, V, AsyncLane>(
      settings,
      (setting) => {
        this.#identified = (key) => identified(key, setting.hash);
        this.#compare = (key, operation, hash) => setting.comparisons.due(key, operation, hash);
        return this.#sides = new AsyncSides(oldMap, newMap, settings, setting);
      },
      () => {},
      (counts) => this.#operations = counts,
    );
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
   * Moves back to where the old map answers every key, `live` with 0 %. If the old map lacks anything, it is backfilled on the
   * way; if it answers every key already, nothing is done. The report says `why`, in 1 to 500 characters.
   *
   * @throws {StageError | TypeError} If the twin is closed, or there is no reason.
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
   * Makes the other side equal to the one that answers, while callers go on writing: copies what that holds, and deletes what
   * only the other one has, unless that is shared more widely (trait `scope`). The promise resolves when the backfill ends or
   * is aborted: `report().backfill` says which, and how much was deleted or left.
   *
   * @param options The side to copy `from`.
   * @throws {StageError} At `off` and `complete`, at `live` if no side is named, if a side is named that does not answer and
   * lacks entries, if a backfill or sweep is running, or if the twin is closed.
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
   * @throws {StoreError} If a side fails when its keys are walked.
   */
  sweep(): Promise<boolean> {
    return this.#migration.sweep();
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

  /** The traits of the map that answers. */
  get traits(): Traits {
    return this.#front.traits;
  }

  /** `AsyncTwinMap`. */
  get [Symbol.toStringTag](): string {
    return "AsyncTwinMap";
  }

  /** The number of entries. */
  size(options?: CallOptions): Promise<number> {
    return this.#reading(this.#front.size(options));
  }

  /** The value of `key`, or `undefined` if it is absent. */
  get(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#read("get", key, (map) => map.get(key, options));
  }

  /** The present entries of these keys. */
  async getMany(keys: Iterable<K>, options?: CallOptions): Promise<Map<K, V>> {
    const wanted = [...keys];
    const sides = wanted.map((key) => this.#sideOf(key, "getMany"));
    const found = await Promise.all((["old", "new"] as const).map((side) => {
      const ofSide = wanted.filter((_, at) => sides[at] === side);
      return ofSide.length === 0 ? new Map<K, V>() : this.#sides.maps[side].getMany(ofSide, options);
    }));
    this.#operations.reads++;
    const present = wanted.filter((key) => found.some((entries) => entries.has(key)));
    return new Map(present.map((key) => [key, (found.find((entries) => entries.has(key)) as Map<K, V>).get(key) as V]));
  }

  /** Whether `key` is present, even if its value is `undefined`. */
  has(key: K, options?: CallOptions): Promise<boolean> {
    return this.#read("has", key, (map) => map.has(key, options));
  }

  /** When the entry of `key` expires, where the map that answers lets entries expire; else as if none ever did. */
  expiresAt(key: K, options?: CallOptions): Promise<number | undefined> {
    return this.#read("expiresAt", key, async (map) => {
      if (map.traits.expires !== "never") return await (map as AsyncExpiringMap<K, V>).expiresAt(key, options);
      return await map.has(key, options) ? Infinity : undefined;
    });
  }

  /** Sets the value of `key` and resolves to the map. */
  async set(key: K, value: V, options?: ExpiringSetOptions): Promise<this> {
    await this.#write(key, (map) => map.set(key, value, options), () => ({ value }));
    return this;
  }

  /** Sets each entry, as `set` does; of two with the same key the later one counts. If it rejects, some may have been set. */
  async setMany(entries: Iterable<readonly [K, V]>, options?: ExpiringSetOptions): Promise<void> {
    const byId = new Map<unknown, readonly [K, V]>();
    for (const entry of entries) byId.set(this.#identified(entry[0]).id, entry);
    await Promise.all(Array.from(byId.values(), ([key, value]) => this.set(key, value, options)));
  }

  /** Removes `key` and resolves to whether it was present. */
  delete(key: K, options?: CallOptions): Promise<boolean> {
    return this.#write(key, (map) => map.delete(key, options), () => "absent");
  }

  /** Removes every entry, while no other write is under way. */
  async clear(options?: CallOptions): Promise<void> {
    await this.#sides.clear(options);
    this.#operations.writes++;
  }

  /** The value of `key`; if it is absent, it is set to `value` first. */
  getOrInsert(key: K, value: V, options?: CallOptions): Promise<V> {
    return this.getOrInsertComputed(key, () => value, options);
  }

  /** The value of `key`; if it is absent, it is set to what `compute` returns, or resolves to, first. */
  async getOrInsertComputed(key: K, compute: (key: K) => Awaitable<V>, options?: CallOptions): Promise<V> {
    checkCallback("getOrInsertComputed", compute);
    let isComputed = false;
    const counted = marked((stored: K) => (isComputed = true, compute(stored)));
    return await unmarked(this.#write(
      key,
      (map) => map.getOrInsertComputed(key, counted, options),
      // Whoever joined the flight of another caller has written nothing.
      () => isComputed ? "unread" : "nothing",
    ));
  }

  /** Removes `key` and resolves to the value that it had, or `undefined`. */
  getAndDelete(key: K, options?: CallOptions): Promise<V | undefined> {
    return this.#write(key, (map) => map.getAndDelete(key, options), () => "absent");
  }

  /** Sets the value of `key` and resolves to the one that it had before, or `undefined`. */
  getAndSet(key: K, value: V, options?: CallOptions): Promise<V | undefined> {
    return this.#write(key, (map) => map.getAndSet(key, value, options), () => ({ value }));
  }

  /** Sets the value of `key` if its present value equals `expected`, and resolves to whether it did. */
  compareAndSet(key: K, expected: V, value: V, options?: CallOptions): Promise<boolean> {
    return this.#write(
      key,
      (map) => map.compareAndSet(key, expected, value, options),
      (isSet) => isSet ? { value } : "nothing",
    );
  }

  /** Removes `key` if its value equals `expected`, and resolves to whether it did. */
  compareAndDelete(key: K, expected: V, options?: CallOptions): Promise<boolean> {
    return this.#write(
      key,
      (map) => map.compareAndDelete(key, expected, options),
      (isDeleted) => isDeleted ? "absent" : "nothing",
    );
  }

  /** Replaces the value of `key` with what `fn` returns, or resolves to, for it; `undefined` deletes the key. */
  async update(
    key: K,
    fn: (current: V | undefined) => Awaitable<V | undefined>,
    options?: CallOptions,
  ): Promise<V | undefined> {
    checkCallback("update", fn);
    return await unmarked(this.#write(
      key,
      (map) => map.update(key, marked(fn), options),
      (after) => after === undefined ? "absent" : { value: after },
    ));
  }

  /** Calls `callback` for each entry, the next one when it has returned, or its promise has resolved. */
  async forEach(
    callback: (value: V, key: K, map: this) => Awaitable<void>,
    thisArg?: unknown,
    options?: CallOptions,
  ): Promise<void> {
    checkCallback("forEach", callback);
    for await (const [key, value] of this.entries(options)) await callback.call(thisArg, value, key, this);
  }

  /** Iterates over `[key, value]`, as the map that answers does. */
  entries(options?: CallOptions): AsyncIterableIterator<[K, V]> {
    this.#operations.reads++;
    return this.#front.entries(options);
  }

  /** Iterates over the keys. */
  keys(options?: CallOptions): AsyncIterableIterator<K> {
    this.#operations.reads++;
    return this.#front.keys(options);
  }

  /** Iterates over the values. */
  values(options?: CallOptions): AsyncIterableIterator<V> {
    this.#operations.reads++;
    return this.#front.values(options);
  }

  /** Iterates over `[key, value]`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[K, V]> {
    return this.entries();
  }

  /** The entries as of this moment. */
  snapshot(options?: CallOptions): Promise<AsyncIterable<[K, V]>> {
    return this.#reading(this.#front.snapshot(options));
  }

  get #front(): AsyncConcurrentMap<K, V> {
    return this.#sides.maps[this.#sides.lane.front];
  }

  /** The side that answers a read of `key`, whose comparison falls due if it is one of those that are compared. */
  #sideOf(key: K, operation: string): "old" | "new" {
    const { sideOf, comparedReads } = this.#sides.lane;
    const { hash } = this.#identified(key);
    if (comparedReads?.includes(hash)) this.#compare(key, operation, hash);
    return sideOf(hash);
  }

  #read<A>(operation: string, key: K, read: (map: AsyncConcurrentMap<K, V>) => Promise<A>): Promise<A> {
    return this.#reading(read(this.#sides.maps[this.#sideOf(key, operation)]));
  }

  #reading<A>(answer: A): A {
    this.#operations.reads++;
    return answer;
  }

  #write<A>(
    key: K,
    write: (map: AsyncConcurrentMap<K, V>) => Promise<A>,
    leftBy: (answer: A) => Left<V>,
  ): Promise<A> {
    this.#operations.writes++;
    return this.#sides.write(this.#identified(key), write, leftBy);
  }
}
