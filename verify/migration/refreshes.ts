import type { AsyncMirror } from "../mirror/async_mirror.ts";
import { allEnded } from "../pair/all_ended.ts";
import type { KeyRefreshes } from "../pair/async_pair.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Changed, Confirm, KeyChange, KeyRepairs } from "../pair/pair.ts";
import type { AsyncLane } from "./async_lane.ts";
import type { WriteHold } from "./write_hold.ts";

/** What {@link Refreshes} work with. */
export interface RefreshesSetting<K, V> {
  readonly mirror: AsyncMirror<K, V>;
  readonly hold: WriteHold;
  /** What the present stage means. */
  readonly lane: () => AsyncLane;
  readonly identified: (key: K) => IdentifiedKey<K>;
  /** Whether a key that the old map lacks may be another instance's. */
  readonly isOldPrivate: boolean;
}

/** Refreshes keys from the side that answers. It begins only while the twin does not move; a move waits for the end of its copies. */
export class Refreshes<K, V> implements KeyRefreshes<K>, KeyRepairs<K, V> {
  readonly #setting: RefreshesSetting<K, V>;

  constructor(setting: RefreshesSetting<K, V>) {
    this.#setting = setting;
  }

  refreshMany(
    subjects: readonly IdentifiedKey<K>[],
    comparesFirst: boolean,
  ): Promise<readonly IdentifiedKey<K>[]> {
    const { mirror, hold, lane } = this.#setting;
    return hold.begin(async () => {
      const { mirrors, sideOf } = lane();
      const groups = Map.groupBy(subjects, ({ hash }) => mirrors ? sideOf(hash) : undefined);
      const left = Array.from(groups, ([from, group]) => mirror.refreshMany(group, from, comparesFirst));
      return (await allEnded(left)).flat();
    });
  }

  /** Deletes no key in a shared new map. */
  repair(key: K, confirm: Confirm<K, V>): Promise<Changed<K, V>> {
    const { mirror, hold, lane, identified, isOldPrivate } = this.#setting;
    const subject = identified(key);
    return hold.begin(async () => {
      const { mirrors, sideOf } = lane();
      const from = sideOf(subject.hash);
      return mirrors ? await mirror.repair(subject, from, from === "new" || !isOldPrivate, confirm) : "written";
    });
  }

  change(change: KeyChange<K, V>): Promise<Changed<K, V>> {
    const { mirror, hold, lane, identified } = this.#setting;
    const subject = identified(change.key);
    return hold.begin(async () => {
      const { mirrors, sideOf } = lane();
      return mirrors && change.side !== sideOf(subject.hash) ? await mirror.change(subject, change) : "written";
    });
  }
}
