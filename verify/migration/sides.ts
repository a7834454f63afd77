import type { Clock } from "../../src/clock.ts";
import type { Traits } from "../../src/concurrent_map.ts";
import type { KeyHash } from "../../src/keys/key_hash.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import type { Calls } from "../gate/failing_seconds.ts";
import type { Maybe, Pair } from "../pair/pair.ts";
import type { DiffRecorder } from "../report/diff_recorder.ts";
import type { Hooks } from "../report/hooks.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Position } from "../stages/moves.ts";
import type { Side, Stage } from "../stages/stage.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { MigrationSettings } from "./migration_settings.ts";

/**
 * The two maps of a migration, and what brings writes from one to the other: all that is not the same for synchronous maps and
 * for those that answer with promises.
 *
 * @typeParam Lane What a stage means for an operation.
 */
export interface Sides<K, Lane> {
  /** The two maps, for the work off the caller's path. */
  readonly pair: Pair<K>;
  readonly traits: { readonly [side in Side]: Traits };
  readonly mirror: MirrorState;
  /** How often a map was called, as far as that is counted, and how often it failed. */
  calls(side: Side): Calls;
  /** Applies all queued writes. */
  flush(): Maybe<void>;
  /** Applies queued writes for a while, and returns whether none is left that a comparison would have to wait for. */
  drainSlice(): boolean;
  /**
   * Does `move` while no write is under way.
   *
   * @param action What is done, for the error.
   * @throws {StageError} If writes that are under way do not end in time.
   */
  moving(action: string, move: () => void): Maybe<void>;
  /** What has to come first before the migration may move to a stage, a phrase each. */
  obstacles(to: Stage): readonly string[];
  /** @throws {StageError} If a backfill from this side could undo a write. */
  checkBackfill(at: Position, from: Side): void;
  /** Whether a map is known to be empty. To be asked while the migration moves. */
  isEmpty(side: Side): boolean;
  /**
   * What an operation means from now on.
   *
   * @param isInline Whether a write is on both sides before its call returns.
   * @param keys The keys that are compared.
   */
  enterLane(at: Position, isInline: boolean, keys: KeySampler): Lane;
}

/** What became of the writes to the other side. */
export interface MirrorState {
  /** How many are still to be made. */
  readonly pending: number;
  /** How many failed. */
  readonly errors: number;
  /** How many of them a side refused, and still lacks. */
  refused(side: Side): number;
  /** How often there was no room for another one, so that a caller had to wait. */
  readonly overruns: number;
  /** How many keys wait to be copied again, because a write to them failed, or may still take effect. */
  readonly journaled: number;
  /** Whether the other side is away, so that writes to it are put off. */
  readonly isBroken: boolean;
}

/** What {@link Sides} work with. */
export interface SidesSetting<K, V> {
  readonly settings: MigrationSettings<K, V>;
  readonly clock: Clock;
  readonly hash: KeyHash;
  readonly ledger: Ledger;
  readonly operations: OperationSampler;
  readonly hooks: Hooks<K, V>;
  readonly recorder: DiffRecorder<K, V>;
  readonly comparisons: Comparisons<K>;
  /** Compares two values; answers later if they are large. */
  readonly equals: (oldValue: V, newValue: V, key: K) => Maybe<boolean>;
  /** Whether both maps hold what was there before both were written. */
  readonly isBackfilled: () => boolean;
  /** Whether a backfill is putting one side in the order of the other. */
  readonly isReordering: () => boolean;
}
