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

/** A list of keys: an array, or a queue of those that are next. */
export interface KeyList<K> {
  readonly length: number;
  /** The key at `index`, which must be less than `length`. */
  at(index: number): K | undefined;
}

/** The old and the new map, to be looked at key by key. */
export interface Pair<K> {
  /** How many keys one call of `lookMany` and one of `refreshMany` should get. */
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
   * @returns The keys that must be refreshed again.
   */
  refreshMany(keys: readonly K[], from: Side): Maybe<readonly K[]>;

  /** The keys that `side` has now, one by one, while it is written. The walk ends even if keys are added all the time. */
  keys(side: Side): Iterable<K> | AsyncIterable<K>;
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
