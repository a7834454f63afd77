import type { Clock } from "../../src/clock.ts";
import type { ConcurrentMap, ExpiringMap } from "../../src/concurrent_map.ts";
import { silence, silenceOne } from "../../src/promised_answer.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { Side } from "../stages/stage.ts";
import type { Ledger } from "../stats/ledger.ts";
import { type Difference, differenceOf, got, held, type Lookup } from "./difference.ts";
import { isEvicted, lookupOf } from "./eviction.ts";
import { expiredOnOneSide, expires, expiryDifference } from "./expiry.ts";
import type { KeyVersions } from "./key_versions.ts";
import { orderDifference } from "./order_difference.ts";
import { SyncEntriesWalk } from "./entries_walk.ts";
import { SyncOrderWalk } from "./order_walk.ts";
import type { KeyList, Look, Maybe, Pair, PairOrder, WholeWalk } from "./pair.ts";
import { SyncWholeWalk } from "./sync_whole_walk.ts";
import { traitOf } from "./traits.ts";
import { hasKey, keysOf, sizeOf, walked } from "./walk.ts";

/** One look in so many is timed: reading the clock takes as long as reading a map. */
const TIMED_EVERY = 16;

const EQUAL: Look<never> = { difference: undefined, evicted: false, quiet: true, version: 0 };
const IGNORED: Look<never> = { ...EQUAL, ignored: true };
const EQUAL_BUT_WRITTEN: Look<never> = { ...EQUAL, quiet: false };
const NONE: readonly never[] = [];

/** What a {@link SyncPair} works with. */
export interface SyncPairSetting<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly versions: KeyVersions;
  /** Gets the latencies, and knows how many writes there were. */
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Answers later if the values are large. */
  readonly equals: (oldValue: V, newValue: V, key: K) => Maybe<boolean>;
  /** Whether a key is never compared; `undefined` if all are. */
  readonly ignores?: ((key: K) => boolean) | undefined;
  /** Whether a backfill is putting one side in the order of the other, so that their order says nothing yet. */
  readonly isReordering?: () => boolean;
}

/**
 * A pair of two synchronous maps.
 *
 * Both sides are read in one synchronous step, so no write comes in between, except by a map or an `equals` that writes
 * itself: then the look is not quiet. The caller makes sure that no write waits in the queue of the mirror. Large values are
 * compared later, as they were read. A write to their key may change them in place: then the look is not quiet either.
 *
 * `lookMany` reads all keys on one side, then on the other. Most keys have the identical value on both sides, which is
 * all that it checks: it does not ask `has`. In so tight a loop the processor waits for the memory of several keys at
 * once, which halves the time. Keys that are not identical, and each 16th key, which is timed, are left to `look`.
 */
export class SyncPair<K, V> implements Pair<K> {
  readonly batch: Pair<K>["batch"] = { look: TIMED_EVERY, refresh: 1 };
  readonly #order: SyncOrder<K>;
  readonly #setting: SyncPairSetting<K, V>;
  readonly #old: Lookup<K, V>;
  readonly #new: Lookup<K, V>;
  readonly #oldValues: unknown[] = new Array(TIMED_EVERY).fill(undefined);
  /** The next timed look comes after so many looks, itself included. */
  #timedIn = 1;
  #newFirst = false;
  readonly #comparesExpiry: boolean;
  /** Whether one side keeps the object that is set, and the other one a copy. */
  readonly #aliases: boolean;

  constructor(setting: SyncPairSetting<K, V>) {
    this.#setting = setting;
    const { oldMap, newMap, ledger } = setting;
    this.#old = lookupOf(oldMap);
    this.#new = lookupOf(newMap);
    this.#aliases = (traitOf(oldMap, "values") === "copy") !== (traitOf(newMap, "values") === "copy");
    this.#comparesExpiry = expires(oldMap) && expires(newMap);
    this.#order = {
      look: () => {
        const { writes } = ledger.operations;
        const look = this.#lookOf(orderDifference(oldMap, newMap, setting.ignores), writes);
        return setting.isReordering?.() === true ? { ...look, quiet: false } : look;
      },
      walk: () => new SyncOrderWalk({ ...setting, equals: undefined, operations: ledger.operations }),
      keys: (side) => walked(this.#map(side)),
      refreshAsLast: (key, from) => this.#copy(key, from, true),
    };
  }

  get order(): SyncOrder<K> | undefined {
    const { oldMap, newMap } = this.#setting;
    return traitOf(oldMap, "order") === "insertion" && traitOf(newMap, "order") === "insertion"
      ? this.#order
      : undefined;
  }

  look(key: K): Maybe<Look<K>> {
    const { ignores, ledger: { operations } } = this.#setting;
    if (ignores?.(key) === true) return IGNORED;
    const { writes } = operations;
    const difference = --this.#timedIn === 0 ? this.#timedDifference(key) : this.#difference(key);
    if (difference instanceof Promise) return this.#lookLater(key, difference, operations.writes === writes);
    return this.#lookOf(difference, writes);
  }

  lookMany(keys: KeyList<K>): readonly (Look<K> | undefined)[] {
    const { ignores, ledger: { operations } } = this.#setting;
    if (ignores !== undefined) return [undefined];
    const { writes } = operations;
    const [oldSide, newSide, oldValues] = [this.#old, this.#new, this.#oldValues];
    const count = this.#comparesExpiry ? 0 : Math.min(keys.length, this.#timedIn - 1);
    const looks: (Look<K> | undefined)[] = [];
    let equal = 0;
    try {
      for (let at = 0; at < count; at++) oldValues[at] = oldSide.get(keys.at(at) as K);
      for (let at = 0; at < count; at++) {
        const value = newSide.get(keys.at(at) as K);
        const isEqual = value !== undefined && Object.is(value, oldValues[at]);
        looks.push(isEqual ? EQUAL : undefined);
        if (isEqual) equal++;
        else silenceOne(oldValues[at], value);
      }
    } catch (error) {
      silence(error);
      equal = 0;
    }
    oldValues.fill(undefined);
    if (equal === 0 || operations.writes !== writes) return new Array(Math.max(1, count)).fill(undefined);
    this.#timedIn -= equal;
    return looks;
  }

  hasMany(side: Side, keys: readonly K[]): readonly boolean[] {
    const map = this.#map(side);
    return keys.map((key) => hasKey(map, key));
  }

  refresh(key: K, from: Side): boolean {
    return this.#copy(key, from, false);
  }

  refreshMany(keys: readonly K[], from: Side): readonly K[] {
    for (const key of keys) this.#copy(key, from, false);
    return NONE;
  }

  keys(side: Side): Iterable<K> {
    return keysOf(this.#map(side));
  }

  size(side: Side): number {
    return sizeOf(this.#map(side));
  }

  walkWhole(): WholeWalk<K> {
    const setting = { ...this.#setting, operations: this.#setting.ledger.operations };
    const iteration = this.order === undefined ? new SyncEntriesWalk(setting) : new SyncOrderWalk(setting);
    return new SyncWholeWalk(setting, iteration);
  }

  #map(side: Side): ConcurrentMap<K, V> {
    return side === "old" ? this.#setting.oldMap : this.#setting.newMap;
  }

  #difference(key: K): Maybe<Difference<K> | undefined> {
    return this.#differenceOf(key, got(this.#old, key), got(this.#new, key));
  }

  /** @param oldGot What `get` answered. */
  #differenceOf(key: K, oldGot: unknown, newGot: unknown): Maybe<Difference<K> | undefined> {
    const oldHeld = held(this.#old, key, oldGot);
    const found = differenceOf(key, oldHeld, held(this.#new, key, newGot), this.#setting.equals);
    if (!this.#aliases && !this.#comparesExpiry) return found;
    if (found instanceof Promise) return found.then((later) => this.#refined(key, later));
    if (found === undefined && this.#aliases) this.#setting.versions.foundEqual(this.#setting.versions.hash(key));
    return this.#refined(key, found);
  }

  /** A value that differs and did not, with no write since, was changed in place; entries that are equal may expire apart. */
  #refined(key: K, found: Difference<K> | undefined): Difference<K> | undefined {
    const { oldMap, newMap, versions } = this.#setting;
    if (found?.kind === "value" && this.#aliases && versions.wasEqual(versions.hash(key))) {
      return { ...found, kind: "aliased" };
    }
    if (found !== undefined || !this.#comparesExpiry) return found;
    return expiryDifference(key, oldMap as ExpiringMap<K, V>, newMap as ExpiringMap<K, V>);
  }

  /** The sides take turns at being read first, since the first read warms the cache for the second. */
  #timedDifference(key: K): Maybe<Difference<K> | undefined> {
    this.#timedIn = TIMED_EVERY;
    this.#newFirst = !this.#newFirst;
    let newGot = this.#newFirst ? this.#timed("new", key) : undefined;
    const oldGot = this.#timed("old", key);
    if (!this.#newFirst) newGot = this.#timed("new", key);
    return this.#differenceOf(key, oldGot, newGot);
  }

  #timed(side: Side, key: K): unknown {
    const { clock, ledger } = this.#setting;
    const lookup = side === "old" ? this.#old : this.#new;
    const startMs = clock.monotonicMs();
    const found = got(lookup, key);
    const endMs = clock.monotonicMs();
    ledger.took(side, (endMs - startMs) * 1e6, endMs);
    return found;
  }

  /** @param writes How many writes there had been before the look. */
  #lookOf(difference: Difference<K> | undefined, writes: number): Look<K> {
    const { oldMap, newMap, ledger, versions, clock } = this.#setting;
    if (difference === undefined) return ledger.operations.writes === writes ? EQUAL : EQUAL_BUT_WRITTEN;
    const isEvictedKey = isEvicted(difference, oldMap, newMap);
    const isOnOneSide = difference.old === ABSENT || difference.new === ABSENT;
    const expired = isOnOneSide && !isEvictedKey
      ? expiredOnOneSide(difference, oldMap, newMap, clock.now())
      : undefined;
    return {
      difference: expired === undefined || expired === "explained" ? difference : expired,
      evicted: isEvictedKey || expired === "explained",
      quiet: ledger.operations.writes === writes,
      version: versions.sumOf(difference.keys.map(versions.hash)),
    };
  }

  async #lookLater(key: K, compared: Promise<Difference<K> | undefined>, wasQuiet: boolean): Promise<Look<K>> {
    const { versions } = this.#setting;
    const hashes = [versions.hash(key)];
    versions.trackEveryKey();
    const version = versions.sumOf(hashes);
    try {
      const difference = await compared;
      const quiet = wasQuiet && versions.sumOf(hashes) === version;
      if (difference === undefined) return quiet ? EQUAL : EQUAL_BUT_WRITTEN;
      return { difference, evicted: false, quiet, version };
    } finally {
      versions.stopTracking();
    }
  }

  #copy(key: K, from: Side, asLast: boolean): boolean {
    const { oldMap, newMap, versions, clock } = this.#setting;
    const [source, target] = from === "old" ? [this.#old, newMap] : [this.#new, oldMap];
    versions.written(versions.hash(key), true);
    const value = source.get(key);
    const isPresent = value !== undefined || source.has(key);
    if (asLast || !isPresent) target.delete(key);
    if (!isPresent) return true;
    const expiresAtMs = this.#comparesExpiry ? (this.#map(from) as ExpiringMap<K, V>).expiresAt(key) : undefined;
    if (expiresAtMs === undefined) target.set(key, value as V);
    else (target as ExpiringMap<K, V>).set(key, value as V, { ttlMs: Math.max(1, expiresAtMs - clock.now()) });
    return true;
  }
}

/** The order of a {@link SyncPair}, which it looks at in one synchronous step too. */
export interface SyncOrder<K> extends PairOrder<K> {
  look(): Look<K>;
}
