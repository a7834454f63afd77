import { Deadlines } from "../../src/async/deadlines.ts";
import type { AsyncConcurrentMap, CallOptions } from "../../src/async_concurrent_map.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import { mixHash } from "../../src/keys/key_hash.ts";
import { PromiseDriver } from "../compare/promise_driver.ts";
import { AsyncMirror } from "../mirror/async_mirror.ts";
import type { AnyJournalMap } from "../mirror/journal_map.ts";
import type { Source } from "../mirror/key_copies.ts";
import { AsyncPair } from "../pair/async_pair.ts";
import { AsyncSide } from "../pair/async_side.ts";
import { identified, type IdentifiedKey } from "../pair/identified_key.ts";
import { KeySeqlock } from "../pair/key_seqlock.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import type { Position } from "../stages/moves.ts";
import { type Side, STAGES } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import { ClosableClock } from "../work/closable_clock.ts";
import type { AsyncLane } from "./async_lane.ts";
import type { MirrorState, Sides, SidesSetting } from "./sides.ts";
import { PERCENT_SALT } from "./split_routing.ts";
import { WriteHold } from "./write_hold.ts";

/** Settings of a twin between stores, beside those of every migration. */
export interface AsyncSettings {
  /** Whether other instances write to the two stores too. */
  readonly instances: "one" | "many";
  /** How long a caller waits for the other side at most, in milliseconds. */
  readonly mirrorTimeoutMs: number;
  /** For how long a write whose outcome is unknown may still take effect, in milliseconds. */
  readonly unknownMs: number;
  /** Where the journal outlives the process; `null`: nowhere. */
  readonly journal: AnyJournalMap<unknown> | null;
}

/** What a write left under its key; `nothing` if it wrote nothing, `unread` if that is not known. */
export type Left<V> = { readonly value: V } | "absent" | "unread" | "nothing";

/** Two maps that answer with promises. What a write left on one of them is copied to the other. */
export class AsyncSides<K, V> implements Sides<K, AsyncLane> {
  readonly pair: AsyncPair<K, V>;
  readonly mirror: MirrorState;
  readonly maps: { readonly [side in Side]: AsyncConcurrentMap<K, V> };
  readonly #setting: SidesSetting<K, V>;
  readonly #mirror: AsyncMirror<K, V>;
  readonly #hold: WriteHold;
  readonly #empty = { old: false, new: false };
  #lane: AsyncLane | undefined;
  /** The last move, so that one comes after the other. */
  #moved: Promise<void> = Promise.resolve();

  constructor(
    oldMap: AsyncConcurrentMap<K, V>,
    newMap: AsyncConcurrentMap<K, V>,
    { instances, mirrorTimeoutMs, unknownMs, journal }: AsyncSettings,
    setting: SidesSetting<K, V>,
  ) {
    const { hash, comparisons, hooks, settings: { maxPending } } = setting;
    this.#setting = setting;
    this.maps = { old: oldMap, new: newMap };
    // Writes are copied even when the twin is closed.
    const clock = new ClosableClock(setting.settings.clock);
    const sides = { old: new AsyncSide(oldMap, clock, unknownMs), new: new AsyncSide(newMap, clock, unknownMs) };
    const seqlock = new KeySeqlock();
    const mirror = this.#mirror = new AsyncMirror<K, V>({
      sides,
      seqlock,
      clock,
      hash,
      looksBack: instances === "many",
      maxPending,
      mirrorTimeoutMs,
      unknownMs,
      journal: journal as AnyJournalMap<K> | null,
      refresh: (subject) => this.#refresh(subject),
      random: Math.random,
    });
    this.mirror = {
      get pending() {
        return mirror.pending;
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
    this.#hold = new WriteHold(new Deadlines(clock, 2 * mirrorTimeoutMs));
    this.pair = new AsyncPair({
      ...setting,
      sides,
      seqlock,
      identified: (key) => identified(key, hash),
      isJournaled: (id) => mirror.journal.has(id),
      refresh: (subject) => this.#refresh(subject),
      ignores: hooks.ignores,
    });
    new PromiseDriver({ ...setting, comparisons, pair: this.pair });
  }

  /** What the present stage means for an operation. */
  get lane(): AsyncLane {
    return this.#lane as AsyncLane;
  }

  get traits(): { readonly [side in Side]: Traits } {
    return { old: this.maps.old.traits, new: this.maps.new.traits };
  }

  /**
   * Makes a write on the side that answers for its key, and has what it left copied to the other side.
   *
   * @param write Makes the write on a map.
   * @param leftBy What it left, from its answer.
   */
  write<A>(
    { key, id, hash }: IdentifiedKey<K>,
    write: (map: AsyncConcurrentMap<K, V>) => Promise<A>,
    leftBy: (answer: A) => Left<V>,
  ): Promise<A> {
    return this.#hold.write(() => {
      const { lane } = this;
      const from = lane.sideOf(hash);
      return this.#mirror.write(
        { key, id, hash },
        () => write(this.maps[from]),
        (answer) => this.#source(from, leftBy(answer)),
        lane.isInline,
      );
    });
  }

  /** What is to be copied. An object may be changed by its owner as soon as a map has a copy of it, so it is read again. */
  #source(from: Side, left: Left<V>): Source<V> | undefined {
    if (left === "nothing") return undefined;
    if (left === "absent") return { from, entry: null };
    const { expires, values } = this.maps[from].traits;
    const isKnown = left !== "unread" && expires === "never" &&
      (values === "reference" || Object(left.value) !== left.value);
    return isKnown ? { from, entry: { value: left.value } } : { from };
  }

  /**
   * Makes a key on the other side what it is on the side that answers for it. It begins only while the twin does not move; a move waits
   * for the end of its copy.
   */
  async #refresh(subject: IdentifiedKey<K>): Promise<boolean> {
    let refreshed = Promise.resolve(false);
    await this.#hold.write(() => {
      const { mirrors, sideOf } = this.lane;
      refreshed = this.#mirror.refresh(subject, mirrors ? sideOf(subject.hash) : undefined);
      return Promise.resolve();
    });
    return await refreshed;
  }

  /** Removes every entry: where both sides are written, while no other write is under way. */
  clear(options: CallOptions | undefined): Promise<void> {
    return this.#oneByOne(() =>
      this.#hold.alone(() => {
        const { front, mirrors } = this.lane;
        const back = front === "old" ? "new" : "old";
        return this.#mirror.clear(() => this.maps[front].clear(options), mirrors ? this.maps[back] : undefined);
      })
    );
  }

  flush(): Promise<void> {
    return this.#mirror.copied();
  }

  /** A look at a key that is still to be copied is not quiet, so no comparison has to wait. */
  drainSlice(): boolean {
    return true;
  }

  moving(action: string, move: () => void): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#mirror.ready;
      await this.#hold.during(action, () => this.#mirror.copied(), async () => {
        [this.#empty.old, this.#empty.new] = await Promise.all([isEmpty(this.maps.old), isEmpty(this.maps.new)]);
        move();
      });
    });
  }

  /** A copy from the side that does not answer for a key could undo a write to it. */
  checkBackfill({ stage, percent }: Position, from: Side): void {
    if (percent === (from === "new" ? 100 : 0)) return;
    const missing = [`a stage at which the ${from} map answers for every key`];
    throw new StageError(`backfill from ${from} at ${stage}`, `the ${from} map does not answer for every key`, missing);
  }

  isEmpty(side: Side): boolean {
    return this.#empty[side];
  }

  enterLane({ stage, percent }: Position, isInline: boolean, keys: KeySampler): AsyncLane {
    const { answers, mirrors, comparesReads } = STAGES[stage];
    const newKeys = new KeySampler(percent / 100, keys.hash);
    return this.#lane = {
      front: answers === "new" ? "new" : "old",
      sideOf: answers === "split"
        ? (hash) => newKeys.includes(mixHash(hash, PERCENT_SALT)) ? "new" : "old"
        : () => answers,
      mirrors,
      isInline,
      comparedReads: comparesReads && keys.share > 0 ? keys : undefined,
    };
  }

  #oneByOne(work: () => Promise<void>): Promise<void> {
    const moved = this.#moved.then(work);
    this.#moved = moved.catch(() => {});
    return moved;
  }
}

/** Whether a map is known to be empty: not if it fails when its first key is asked for. */
async function isEmpty<K, V>(map: AsyncConcurrentMap<K, V>): Promise<boolean> {
  try {
    for await (const _ of map.keys()) return false;
    return true;
  } catch {
    return false;
  }
}
