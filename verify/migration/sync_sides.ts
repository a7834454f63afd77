import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";
import { SliceDriver } from "../compare/slice_driver.ts";
import { Mirror } from "../mirror/mirror.ts";
import type { Calls } from "../gate/failing_seconds.ts";
import { KeyVersions } from "../pair/key_versions.ts";
import { SyncPair } from "../pair/sync_pair.ts";
import { traitsOf } from "../pair/traits.ts";
import { isEmpty } from "../pair/walk.ts";
import { MirroredAnswers } from "../report/mirrored_answers.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Position } from "../stages/moves.ts";
import type { Side } from "../stages/stage.ts";
import type { Lane } from "./lane.ts";
import { enterLane, type LaneParts } from "./lanes.ts";
import type { MirrorState, Sides, SidesSetting } from "./sides.ts";
import type { WriteCallbacks } from "./write_callbacks.ts";

/** Two synchronous maps: a write is on both sides within its call, or soon after by way of a queue. */
export class SyncSides<K, V> implements Sides<K, Lane<K, V>> {
  readonly pair: SyncPair<K, V>;
  readonly mirror: MirrorState;
  readonly #maps: { readonly [side in Side]: ConcurrentMap<K, V> };
  readonly #mirror: Mirror<K, V>;
  readonly #operations: OperationSampler;
  readonly #laneParts: LaneParts<K, V>;

  constructor(
    oldMap: ConcurrentMap<K, V>,
    newMap: ConcurrentMap<K, V>,
    callbacks: WriteCallbacks,
    setting: SidesSetting<K, V>,
  ) {
    const { clock, ledger, operations, hash, hooks, comparisons, settings: { maxPending, slice: sliceMs } } = setting;
    const maps = { oldMap, newMap };
    this.#operations = operations;
    this.#maps = { old: oldMap, new: newMap };
    const versions = new KeyVersions(clock, operations, hash);
    const compare = (key: K, operation: string) => comparisons.due(key, operation);
    const mirror = new Mirror(
      versions,
      new MirroredAnswers({ ...setting, ...maps, compare }),
      clock,
      maxPending,
      sliceMs,
    );
    this.#mirror = mirror;
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
      refused: (side) => mirror.refusedBy(this.#maps[side]),
      journaled: 0,
      isBroken: false,
    };
    this.pair = new SyncPair({ ...setting, ...maps, versions, ignores: hooks.ignores });
    const drainMirror = () => this.drainSlice();
    new SliceDriver({ comparisons, pair: this.pair, versions, ledger, clock, sliceMs, drainMirror });
    this.#laneParts = { ...setting, ...maps, versions, callbacks, mirror };
  }

  /** Every write is made on both maps. */
  calls(side: Side): Calls {
    return { made: this.#operations.writes, failed: this.#mirror.refusedBy(this.#maps[side]) };
  }

  get traits(): { readonly [side in Side]: Traits } {
    return { old: traitsOf(this.#maps.old), new: traitsOf(this.#maps.new) };
  }

  flush(): void {
    this.#mirror.flush();
  }

  drainSlice(): boolean {
    return this.#mirror.drainSlice();
  }

  /** The owner's hooks, called at a mirrored write, may move the twin themselves: so those writes come first. */
  moving(_action: string, move: () => void): void {
    this.#mirror.flush();
    move();
  }

  obstacles(): readonly string[] {
    return [];
  }

  /** A key is copied within one step, so no write comes in between. */
  checkBackfill(): void {}

  isEmpty(side: Side): boolean {
    return isEmpty(this.#maps[side]);
  }

  enterLane({ stage, percent }: Position, isInline: boolean, keys: KeySampler): Lane<K, V> {
    return enterLane(stage, percent, isInline, keys, this.#laneParts);
  }
}
