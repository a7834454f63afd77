import type { Clock } from "../../src/clock.ts";
import type { ConcurrentMap, ExpiringMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { Side } from "../stages/stage.ts";
import { Failure, got, held } from "./difference.ts";
import { lookupOf } from "./eviction.ts";
import { expires } from "./expiry.ts";
import type { KeyVersions } from "./key_versions.ts";
import type { Changed, Confirm, Entry, KeyChange, KeyRepairs } from "./pair.ts";
import { replace } from "./replace.ts";
import { isSameEntry, isSameValue } from "./same_entry.ts";
import { traitOf } from "./traits.ts";

/** What {@link SyncRepairs} work with. */
export interface SyncRepairsSetting<K, V> {
  readonly maps: { readonly [side in Side]: ConcurrentMap<K, V> };
  readonly versions: KeyVersions;
  readonly clock: Clock;
  /** Applies all queued writes. */
  readonly flush: () => void;
  /** The side that answers for a key; `undefined` where one side alone is written. */
  readonly sideOf: (key: K) => Side | undefined;
  /** Whether what only this side holds may be deleted. */
  readonly mayDeleteAt: (side: Side) => boolean;
}

/**
 * Changes keys of two synchronous maps, each in one synchronous step. Another thread or process that shares a map may write it
 * meanwhile: so a value is compared with what was read as it is changed.
 */
export class SyncRepairs<K, V> implements KeyRepairs<K, V> {
  readonly #setting: SyncRepairsSetting<K, V>;

  constructor(setting: SyncRepairsSetting<K, V>) {
    this.#setting = setting;
  }

  repair(key: K, confirm: Confirm<K, V>): Changed<K, V> {
    const { flush, sideOf, mayDeleteAt } = this.#setting;
    flush();
    const from = sideOf(key);
    if (from === undefined) return "written";
    const side = from === "old" ? "new" : "old";
    const [after, before] = [this.#read(from, key), this.#read(side, key)];
    if (isSameEntry(after, before) || (after === undefined && !mayDeleteAt(side))) return "equal";
    const change = { key, side, before, after } as const;
    return confirm(change) && !this.#make(change) ? "written" : change;
  }

  change(change: KeyChange<K, V>): Changed<K, V> {
    const { flush, sideOf } = this.#setting;
    const { key, side, before, after } = change;
    flush();
    const from = sideOf(key);
    if (from === undefined || from === side) return "written";
    const present = this.#read(side, key);
    if (isSameEntry(present, after)) return "equal";
    return isSameValue(present, before) && this.#make({ ...change, before: present }) ? change : "written";
  }

  #read(side: Side, key: K): Entry<V> | undefined {
    const map = this.#setting.maps[side];
    const lookup = lookupOf(map);
    const found = held(lookup, key, got(lookup, key));
    if (Failure.is(found)) throw found.error;
    if (found === ABSENT) return undefined;
    return { value: found as V, expiresAtMs: expires(map) ? map.expiresAt(key) : undefined };
  }

  /** Makes a change if the entry is still what it was before, and returns whether it did. */
  #make({ key, side, before, after }: KeyChange<K, V>): boolean {
    const { maps, versions, clock } = this.#setting;
    const map = maps[side];
    versions.written(versions.hash(key), true);
    if (replace(map, key, before, after) !== true) return false;
    if (after?.expiresAtMs === undefined || traitOf(map, "expires") !== "entry") return true;
    const ttlMs = Math.max(1, after.expiresAtMs - clock.now());
    if (!isSameEntry(this.#read(side, key), after)) (map as ExpiringMap<K, V>).set(key, after.value, { ttlMs });
    return true;
  }
}
