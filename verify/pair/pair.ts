/**
 * The two sides as the work off the caller's path sees them: comparisons, sweeps and backfills know a pair, and no map.
 *
 * A pair of two synchronous maps answers at once; a pair of stores answers with promises. {@link andThen} goes on with
 * either, so that the code over a pair is written once and two synchronous maps pay for no promise.
 *
 * @module
 */
import type { Side } from "../stages/stage.ts";
import type { Difference } from "./difference.ts";

/** A value, now or later. */
export type Maybe<T> = T | Promise<T>;

/** Goes on with `value`: at once if it is there, otherwise when it comes. */
export function andThen<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All values: at once if all are there, otherwise when the last one comes. */
export function allOf<T>(values: readonly Maybe<T>[]): Maybe<readonly T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : values as readonly T[];
}

/** What `attempt` returns; `undefined` if it throws. */
export function unlessFailed<T>(attempt: () => Maybe<T>): Maybe<T | undefined> {
  try {
    const value = attempt();
    return value instanceof Promise ? value.catch(() => undefined) : value;
  } catch {
    return undefined;
  }
}

/** What was seen when one key was read on both sides. */
export interface Look<K> {
  /** In what the sides differ, if they do. */
  readonly difference: Difference<K> | undefined;
  /** Whether the difference is explained: the side that lacks the key had evicted it. */
  readonly evicted: boolean;
  /** Whether the owner has the key ignored: then nothing was looked at. */
  readonly ignored?: boolean;
  /** Whether no write began or ended meanwhile. */
  readonly quiet: boolean;
  /** Two looks that found the same keys to differ have the same version only if none of these keys was written in between. */
  readonly version: number;
}

/** The entry of a key. */
export interface Entry<V> {
  /** The value. */
  readonly value: V;
  /** When it expires, in milliseconds since 1970; `undefined` if that was not read, or the map lets nothing expire. */
  readonly expiresAtMs?: number | undefined;
}

/** A change of one key on one side. */
export interface KeyChange<K, V = unknown> {
  /** The key. */
  readonly key: K;
  /** The side that is changed. */
  readonly side: Side;
  /** The entry before; `undefined` if the key was absent. */
  readonly before: Entry<V> | undefined;
  /** The entry after; `undefined` if the key is absent. */
  readonly after: Entry<V> | undefined;
}

/** What became of a change: the change if it was made, or would be; `equal`: none is needed; `written`: others wrote the key meanwhile. */
export type Changed<K, V = unknown> = KeyChange<K, V> | "equal" | "written";

/** Asked just before a change is made: whether to make it. */
export type Confirm<K, V = unknown> = (change: KeyChange<K, V>) => boolean;

/** Changes single keys on the side that does not answer for them, unless they are written meanwhile. */
export interface KeyRepairs<K, V = unknown> {
  /**
   * Refreshes a key if the side that does not answer still holds what is read there.
   *
   * @throws Whatever a side, or `confirm`, throws.
   */
  repair(key: K, confirm: Confirm<K, V>): Maybe<Changed<K, V>>;
  /**
   * Makes a change if its side does not answer for the key, and still holds the value that it did before.
   *
   * @throws Whatever a side throws.
   */
  change(change: KeyChange<K, V>): Maybe<Changed<K, V>>;
}

/** A list of keys: an array, or a queue of those that are next. */
export interface KeyList<K> {
  readonly length: number;
  /** The key at `index`, which must be less than `length`. */
  at(index: number): K | undefined;
}

/** The old and the new map, to be looked at key by key. */
export interface Pair<K> {
  /** How many keys one call of `lookMany` and one of `refreshMany` should get at most. */
  readonly batch: { readonly look: number; readonly refresh: number };
  /** Present if both sides keep the order of insertion. */
  readonly order?: PairOrder<K> | undefined;

  /**
   * Reads `key` on both sides.
   *
   * @throws Whatever the owner's `equals` throws, or if the values are too large to compare: then nothing is known about
   * the key.
   */
  look(key: K): Maybe<Look<K>>;
  /**
   * Reads several keys together, which is faster than one after the other.
   *
   * @param keys The keys, at least one. The pair may stop early and leave the last ones out.
   * @returns The looks at the first keys, at least one; `undefined` for a key that must be looked at on its own.
   */
  lookMany(keys: KeyList<K>): Maybe<readonly (Look<K> | undefined)[]>;
  /** Whether `side` has each of `keys`; a key that it throws at counts as absent. */
  hasMany(side: Side, keys: readonly K[]): Maybe<readonly boolean[]>;

  /**
   * Makes `key` on the other side what it is on the side `from`: sets it to the same value, or deletes it.
   *
   * @returns Whether it is done; `false` if the key was written meanwhile and must be refreshed again.
   */
  refresh(key: K, from: Side): Maybe<boolean>;
  /**
   * Refreshes several keys together.
   *
   * @param comparesFirst Whether many of them are equal already: a pair may then read both sides and write only what differs.
   * @returns The keys that must be refreshed again.
   */
  refreshMany(keys: readonly K[], from: Side, comparesFirst: boolean): Maybe<readonly K[]>;

  /** The keys that `side` has now, one by one, while it is written. The walk ends even if keys are added all the time. */
  keys(side: Side): Iterable<K> | AsyncIterable<K>;
  /** Whether `side` is known to be empty, and gets nothing but copies from the other one. Absent if it is cheap to walk. */
  isEmpty?(side: Side): Maybe<boolean>;
  /** How many keys `side` has; `undefined` if it cannot count them. */
  size(side: Side): Maybe<number | undefined>;
  /**
   * Begins to compare what callers see of the two sides as wholes: their sizes, and what an iteration gives. It is to follow the
   * comparisons of all keys, and finds what they cannot. The walk must be ended. Absent if the pair cannot do that.
   */
  walkWhole?(): WholeWalk<K>;
}

/** The order of the keys of two maps that both keep the order of insertion. */
export interface PairOrder<K> {
  /** Compares the order in which the two sides visit their first 1,000 keys. */
  look(): Maybe<Look<K>>;
  /** Begins to compare the order of all keys. The walk must be ended. */
  walk(): WholeWalk<K>;
  /** The keys of `side` in order, and those that are added while they are walked. */
  keys(side: Side): Iterable<K> | AsyncIterable<K>;
  /** Refreshes `key`, and makes it the last key of the other side. */
  refreshAsLast(key: K, from: Side): Maybe<boolean>;
}

/** A comparison of the two sides as wholes, in steps, while they are written. */
export interface WholeWalk<K> {
  /** Goes on to the next key, and returns whether there is more to do. */
  step(): Maybe<boolean>;
  /** What was seen once there is no more to do. It is not quiet if writes left too much unknown. */
  readonly look: Look<K>;
  /** Begins again from the first key. */
  restart(): void;
  /** Ends it, whether or not there is more to do. */
  end(): void;
}
