import type { AdaptiveState } from "./states.ts";
import type { Workload } from "./workload.ts";

/** The numbers of entries from which, or up to which, the maps fit. */
export interface Sizes {
  /** The largest number for a `ReadDirtyMap`. */
  readonly readDirtyUpTo: number;
  /** The smallest number for an `IntMap`. */
  readonly intFrom: number;
  /** The smallest number for a `ShardedMap`. */
  readonly shardedFrom: number;
}

/** A map is left at sizes this many times beyond those at which it is moved to. */
const SIZE_GAP = 4;

/** The shares at which a map is moved to (`enter`) and below which it is left (`leave`). */
const INTEGERS = { enter: 15 / 16, leave: 1 / 2 };
const DELETES = { enter: 1 / 6, leave: 1 / 16 };
const RETURNED = { enter: 3 / 8, leave: 1 / 8 };

/** The map that fits, and the figures that decided. */
export interface Fitting {
  readonly state: AdaptiveState;
  readonly why: string;
}

/**
 * Chooses the map that fits `load`. The present one, `state`, is kept unless `load` is well beyond its bounds.
 */
export function fittingMap(state: AdaptiveState, load: Workload, sizes: Sizes): Fitting {
  const { entries } = load;
  const share = (map: AdaptiveState, bounds: { enter: number; leave: number }) =>
    state === map ? bounds.leave : bounds.enter;
  const from = (map: AdaptiveState, size: number) => state === map ? size / SIZE_GAP : size;

  if (entries >= from("IntMap", sizes.intFrom) && load.integers >= share("IntMap", INTEGERS)) {
    return {
      state: "IntMap",
      why: `${count(entries)} entries, ${percent(load.integers)} of the keys whole numbers of 32 bits`,
    };
  }
  if (entries >= from("ShardedMap", sizes.shardedFrom)) {
    return { state: "ShardedMap", why: `${count(entries)} entries` };
  }
  if (
    entries <= (state === "ReadDirtyMap" ? sizes.readDirtyUpTo * SIZE_GAP : sizes.readDirtyUpTo) &&
    load.deletes >= share("ReadDirtyMap", DELETES) && load.returned >= share("ReadDirtyMap", RETURNED)
  ) {
    return { state: "ReadDirtyMap", why: `${count(entries)} entries, ${deleting(load)}` };
  }
  const why = `${count(entries)} entries, ${percent(load.integers)} of the keys whole numbers of 32 bits, ${
    deleting(load)
  }`;
  return { state: "NativeMap", why };
}

function deleting({ deletes, returned }: Workload): string {
  return `${percent(deletes)} of the operations deletes, ${percent(returned)} of them of keys that were set again`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
