import type { Clock } from "../../src/clock.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { Comparisons } from "../compare/comparisons.ts";
import { SliceDriver } from "../compare/slice_driver.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import { SyncPair } from "../pair/sync_pair.ts";
import type { Hooks } from "../report/hooks.ts";
import type { Ledger } from "../stats/ledger.ts";
import { compareInSlices } from "../work/compare_in_slices.ts";

/** What it takes to compare two maps off the caller's path. */
export interface ComparedPairSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly comparisons: Comparisons<K>;
  readonly versions: KeyVersions;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly hooks: Hooks<K, V>;
  /** For how many milliseconds at most the event loop is held. */
  readonly sliceMs: number;
  /** Applies queued writes for a while, and returns whether none is left. */
  readonly drainMirror: () => boolean;
  /** Whether the two maps are to be compared. */
  readonly isCompared: () => boolean;
  /** Whether a backfill is putting one side in the order of the other. */
  readonly isReordering: () => boolean;
}

/** Makes a pair of two maps, and has all that falls due looked at there. */
export function comparedPair<K, V>(setting: ComparedPairSetting<K, V>): SyncPair<K, V> {
  const { comparisons, versions, ledger, clock, hooks, sliceMs, drainMirror, isCompared } = setting;
  const pair = new SyncPair({
    ...setting,
    equals: (oldValue, newValue, key) => {
      const equal = hooks.equals(oldValue, newValue, key);
      return typeof equal === "boolean" ? equal : compareInSlices(equal, clock, sliceMs, isCompared);
    },
    ignores: hooks.ignores,
  });
  new SliceDriver({ comparisons, pair, versions, ledger, clock, sliceMs, drainMirror });
  return pair;
}
