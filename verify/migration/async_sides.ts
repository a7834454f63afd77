import { Deadlines } from "../../src/async/deadlines.ts";
import { inTime } from "../../src/async/in_time.ts";
import type { AsyncConcurrentMap, CallOptions } from "../../src/async_concurrent_map.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { StoreError } from "../../src/store_error.ts";
import { PromiseDriver } from "../compare/promise_driver.ts";
import type { Calls } from "../gate/failing_seconds.ts";
import { AsyncMirror } from "../mirror/async_mirror.ts";
import type { AnyJournalMap } from "../mirror/journal_map.ts";
import type { KeyWrite } from "../mirror/key_write.ts";
import { AsyncPair } from "../pair/async_pair.ts";
import { AsyncSide } from "../pair/async_side.ts";
import { identified, type IdentifiedKey, idOf } from "../pair/identified_key.ts";
import { joinInstances } from "../pair/instances.ts";
import { KeySeqlock } from "../pair/key_seqlock.ts";
import { OwnKeysPair } from "../pair/own_keys_pair.ts";
import type { KeyRepairs, Pair } from "../pair/pair.ts";
import { asyncIterated, isEmpty, isEmptyAsync } from "../pair/walk.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { Position } from "../stages/moves.ts";
import type { Side, Stage } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { ClosableClock } from "../work/closable_clock.ts";
import { type AsyncLane, asyncLaneAt } from "./async_lane.ts";
import type { AsyncSettings } from "./async_settings.ts";
import { Refreshes } from "./refreshes.ts";
import { isOldPrivate, scoped } from "./scope.ts";
import type { MirrorState, Sides, SidesSetting } from "./sides.ts";
import { SyncFace } from "./sync_face.ts";
import { WriteHold } from "./write_hold.ts";

/** A write that is made already. */
const MADE = { operation: "write", signal: undefined, make: () => Promise.resolve(), leftBy: () => "unread" as const };

const NOT_OURS = "others share the new map, and which of its entries are theirs is not known";

/** Two maps that answer with promises. What a write left on one of them is copied to the other. */
export class AsyncSides<K, V> implements Sides<K, AsyncLane> {
  readonly pair: Pair<K>;
  readonly repairs: KeyRepairs<K>;
  /** The same pair, or the one that it asks. */
  readonly asyncPair: AsyncPair<K, V>;
  readonly mirror: MirrorState;
  /** Answers synchronous calls; `undefined` if the old map answers with promises. */
  readonly face: SyncFace<K, V> | undefined;
  readonly traits: { readonly [side in Side]: Traits };
  readonly maps: { readonly [side in Side]: AsyncConcurrentMap<K, V> };
  readonly #setting: SidesSetting<K, V>;
  readonly #mirror: AsyncMirror<K, V>;
  readonly #hold: WriteHold;
  /** Whether others share the new map that do not share the old one. */
  readonly #isOldPrivate: boolean;
  readonly #patience: Deadlines;
  readonly #sides: { readonly [side in Side]: AsyncSide<K, V> };
  #empty = { old: false, new: false };
  #lane: AsyncLane | undefined;
  /** The last move, so that one comes after the other. */
  #moved: Promise<void> = Promise.resolve();

  /** @param syncOld The map that `oldMap` makes asynchronous, if calls on it are answered at once, too. */
  constructor(
    oldMap: AsyncConcurrentMap<K, V>,
    newMap: AsyncConcurrentMap<K, V>,
    { instances, isNamed, mirrorTimeoutMs, unknownMs, journal, syncIdleMs, scope }: AsyncSettings,
    setting: SidesSetting<K, V>,
    syncOld?: ConcurrentMap<K, V>,
  ) {
    const { hash, comparisons, hooks, settings: { maxPending } } = setting;
    this.#setting = setting;
    this.maps = { old: oldMap, new: newMap };
    this.traits = { old: scoped(oldMap.traits, scope.old), new: scoped(newMap.traits, scope.new) };
    this.#isOldPrivate = isOldPrivate(this.traits.old, this.traits.new);
    // Writes are copied even when the twin is closed.
    const clock = new ClosableClock(setting.settings.clock);
    const sides = this.#sides = {
      old: new AsyncSide(oldMap, clock, unknownMs),
      new: new AsyncSide(newMap, clock, unknownMs),
    };
    const seqlock = new KeySeqlock();
    const mirror = this.#mirror = new AsyncMirror<K, V>({
      sides,
      seqlock,
      clock,
      hash,
      isOldPrivate: this.#isOldPrivate,
      mirrors: () => this.lane.mirrors,
      // A key that was written at once again is copied again anyway.
      looksBack: (key, from) => instances === "many" && !(from === "old" && this.face?.written.has(idOf(key))),
      maxPending,
      mirrorTimeoutMs,
      unknownMs,
      journal: journal as AnyJournalMap<K> | null,
      writeFailed: ({ hash }, error) => {
        if (error instanceof StoreError) sides[this.lane.sideOf(hash)].calls.failed++;
      },
      refresh: async (subject) => (await refreshes.refreshMany([subject], false)).length === 0,
      random: Math.random,
    });
    const face = this.face = syncOld && new SyncFace({
      ...setting,
      map: syncOld,
      idleMs: syncIdleMs,
      maxPending,
      copy: (subject) => this.#copyWritten(subject),
      copyLater: (subject) => mirror.copyLater(subject, true),
    });
    this.mirror = {
      get pending() {
        return mirror.pending + (face?.written.size ?? 0);
      },
      get errors() {
        return mirror.errors;
      },
      get overruns() {
        return mirror.overruns;
      },
      get journaled() {
        return mirror.journal.size;
      },
      get isBroken() {
        return mirror.isBroken;
      },
      // What the journal holds is copied again. Only what it had no room for is missed.
      refused: () => mirror.journal.lost,
    };
    this.#patience = new Deadlines(clock, 2 * mirrorTimeoutMs);
    const hold = this.#hold = new WriteHold(this.#patience);
    const identify = (key: K) => identified(key, hash);
    const refreshes: Refreshes<K, V> = this.repairs = new Refreshes({
      mirror,
      hold,
      lane: () => this.lane,
      identified: identify,
      isOldPrivate: this.#isOldPrivate,
    });
    const isJournaled = (id: unknown) => mirror.journal.has(id) || face?.written.has(id) === true;
    const versionOf = (id: unknown) => isJournaled(id) ? undefined : seqlock.watchedVersion(hash(id));
    const pair = this.asyncPair = new AsyncPair({
      ...setting,
      sides,
      seqlock,
      identified: identify,
      isJournaled,
      versionOf: instances === "many" && isNamed ? joinInstances(setting.settings.name, versionOf) : versionOf,
      refreshes,
      ignores: hooks.ignores,
    });
    this.pair = this.#isOldPrivate ? new OwnKeysPair(pair) : pair;
    new PromiseDriver({ ...setting, comparisons, pair: this.pair });
  }

  calls(side: Side): Calls {
    return { ...this.#sides[side].calls };
  }

  /** What the present stage means for an operation. */
  get lane(): AsyncLane {
    return this.#lane as AsyncLane;
  }

  /** Makes a write on the side that answers for its key, and has what it left copied to the other side, where both are written. */
  write<A>(key: K, write: KeyWrite<K, V, A>): Promise<A> {
    return this.#hold.write(write, (run) => {
      const { sideOf, mirrors, isInline } = this.lane;
      const subject = identified(key, this.#setting.hash);
      return this.#mirror.write(subject, write, { from: sideOf(subject.hash), mirrors, isInline }, run);
    });
  }

  /**
   * Removes every entry: where both sides are written, while no other write is under way. If those that are do not end in time, any
   * key may be missing on the other side. Of a private old map and a shared new one it removes the entries that the old one has.
   *
   * @throws {StageError} If the new map answers alone, and others share it.
   * @throws {StoreError} If the signal is aborted before it begins.
   */
  async clear(options: CallOptions | undefined): Promise<void> {
    const { front, mirrors } = this.lane;
    if (this.face?.isOpen) {
      const keys = mirrors ? [...this.face.map.keys()] : [];
      const { written } = this.face;
      await this.maps.old.clear(options).finally(() => keys.forEach((key) => written.add(key)));
    } else if (this.#isOldPrivate && mirrors) {
      await this.#clearOwn(options);
    } else if (this.#isOldPrivate && front === "new") {
      throw new StageError("clear", NOT_OURS);
    } else {
      await this.#clearBoth(options);
    }
  }

  async #clearOwn(options: CallOptions | undefined): Promise<void> {
    for await (const key of asyncIterated(this.maps.old.keys(options))) {
      await this.write(key, {
        operation: "clear",
        signal: options?.signal,
        make: (map) => map.delete(key, options),
        leftBy: (wasPresent) => wasPresent ? "absent" : "nothing",
        mayRemove: true,
      });
    }
  }

  #clearBoth(options: CallOptions | undefined): Promise<void> {
    return this.#oneByOne(() => {
      const { front, splits, mirrors } = this.lane;
      const clear = (side: Side) => this.maps[side].clear(options);
      if (!mirrors) return this.#mirror.clear(() => clear(front), undefined, true);
      const back = this.maps[front === "old" ? "new" : "old"];
      return this.#hold.alone(
        { operation: "clear", signal: options?.signal },
        (isAlone) =>
          splits ? this.#mirror.clearBoth(clear, isAlone) : this.#mirror.clear(() => clear(front), back, isAlone),
      );
    });
  }

  async flush(): Promise<void> {
    await this.face?.written.ended();
    await this.#mirror.copied();
  }

  close(): void {
    this.#mirror.close();
  }

  /** A look at a key that is still to be copied is not quiet, so no comparison has to wait. */
  drainSlice(): boolean {
    return true;
  }

  moving(action: string, move: () => void): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#mirror.ready;
      await this.#hold.during(action, () => this.flush(), async () => {
        // A store that does not answer is not known to be empty.
        let empty = { old: false, new: false };
        const asked = Promise.all([isEmptyAsync(this.maps.old), isEmptyAsync(this.maps.new)]);
        await inTime(asked.then(([old, isNew]) => void (empty = { old, new: isNew })), this.#patience);
        this.#empty = empty;
        // Synchronous calls are not held: what they wrote meanwhile is copied first.
        if (!this.#isCopied) await inTime(this.flush(), this.#patience);
        move();
      });
    });
  }

  obstacles(to: Stage): readonly string[] {
    if (to !== "live" || this.face?.isOpen !== true) return [];
    return this.#isCopied
      ? this.face.obstacles
      : [...this.face.obstacles, "the copies of what synchronous calls wrote"];
  }

  /** Whether all that synchronous calls wrote is copied, or in the journal. */
  get #isCopied(): boolean {
    return this.face === undefined || (this.face.written.isEmpty && this.#mirror.pending === 0);
  }

  /** A copy from the side that does not answer for a key could undo a write to it. */
  checkBackfill({ stage, percent }: Position, from: Side): void {
    if (from === "new" && this.#isOldPrivate) throw new StageError(`backfill from new at ${stage}`, NOT_OURS);
    if (percent === (from === "new" ? 100 : 0)) return;
    const missing = [`a stage at which the ${from} map answers for every key`];
    throw new StageError(`backfill from ${from} at ${stage}`, `the ${from} map does not answer for every key`, missing);
  }

  /** A synchronous call may have written since it was asked. */
  isEmpty(side: Side): boolean {
    return side === "old" && this.face !== undefined ? isEmpty(this.face.map) : this.#empty[side];
  }

  enterLane(at: Position, isInline: boolean, keys: KeySampler): AsyncLane {
    const lane = this.#lane = asyncLaneAt(at, isInline, keys);
    this.face?.enter(at.stage, lane.comparedReads);
    return lane;
  }

  /** The write is made already, at once. To a promised write to the key it is one that overlaps. Never rejects. */
  async #copyWritten(subject: IdentifiedKey<K>): Promise<void> {
    const { mirrors, sideOf } = this.lane;
    const route = { from: sideOf(subject.hash), mirrors, isInline: true };
    if (mirrors) await this.#mirror.write(subject, MADE, route, async (callback) => await callback());
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    const moved = this.#moved.then(work);
    this.#moved = moved.catch(() => {});
    return moved;
  }
}
