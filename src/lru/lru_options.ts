import { checkOptions, FUNCTION, type Rules, wholeNumber, withMethods } from "../options.ts";
import { MAX_MAP_ENTRIES } from "../abstract_map.ts";
import { received } from "../received.ts";

/** Why an entry was evicted: to make room, or because it expired. */
export type EvictReason = "size" | "expired";

/** Options for an `LruMap`: `max` or `maxSize` is required. */
export interface LruMapOptions<K, V> {
  /**
   * The largest number of entries: 1 to 2^23. Memory for all of them is allocated at once. The cache keeps them in one
   * `Map`, and V8 has no room in it to replace entries of more.
   */
  readonly max?: number;
  /** The largest total size of all entries: a whole number from 1. Requires `sizeOf`. */
  readonly maxSize?: number;
  /**
   * Returns the size of an entry: a whole number from 1, in the unit of `maxSize`. It is called for each write, which
   * throws a `TypeError` or a `RangeError` for any other result. An entry larger than `maxSize` is not stored.
   */
  readonly sizeOf?: (value: V, key: K) => number;
  /**
   * The time to live of an entry, in milliseconds since it was last written: a whole number from 1. Reads do not extend
   * it.
   * @default {Infinity}
   */
  readonly ttlMs?: number;
  /**
   * A clock in milliseconds that never goes back, such as the clock of a twin. Its `now` is the time since 1970. In a twin,
   * `now` of both maps and of the twin must agree to less than a second: entries that expire a second apart, or more, are
   * diffs of kind `expiry`. Their `monotonicMs` may begin anywhere.
   * @default {performance, and `Date.now`}
   */
  readonly clock?: { monotonicMs(): number; now?(): number };
  /**
   * Called with each evicted entry, after the operation that evicted it. An expired entry is evicted when its key or
   * `size` is read, or when its room is needed. An error that it throws reaches the caller of that operation, which has
   * been done.
   */
  readonly onEvict?: (key: K, value: V, reason: EvictReason) => void;
}

/** Options for `LruMap.adopt`. */
export interface LruAdoptOptions<K> {
  /**
   * Whether the cache ever evicted a key to make room: never `false` for an evicted key. The cache's own `dispose` can note
   * them. By default, any key may have been evicted: then a twin takes no key that the cache lacks for a diff.
   * @default {() => true}
   */
  readonly evicted?: (key: K) => boolean;
}

const RULES: Rules<LruMapOptions<unknown, unknown>> = {
  max: wholeNumber(1, MAX_MAP_ENTRIES),
  maxSize: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  sizeOf: FUNCTION,
  ttlMs: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  clock: withMethods("monotonicMs"),
  onEvict: FUNCTION,
};

/**
 * Checks the options of an `LruMap`.
 *
 * @throws {TypeError} If neither `max` nor `maxSize` is given, or only one of `maxSize` and `sizeOf`, or an option is
 * unknown or of the wrong type.
 * @throws {RangeError} If a number is out of its range.
 */
export function checkLruOptions<K, V>(options: LruMapOptions<K, V> | undefined): LruMapOptions<K, V> {
  const checked = checkOptions<LruMapOptions<K, V>, object>("create LruMap", options, RULES, {});
  const { max, maxSize, sizeOf } = checked;
  if (max === undefined && maxSize === undefined) {
    throw new TypeError("Cannot create LruMap: max or maxSize must be given: received neither");
  }
  if ((maxSize === undefined) !== (sizeOf === undefined)) {
    const alone = maxSize === undefined ? "sizeOf" : "maxSize";
    throw new TypeError(`Cannot create LruMap: maxSize and sizeOf must be given together: received ${alone} alone`);
  }
  return checked;
}

/**
 * Checks the options of `LruMap.adopt` and fills in the default.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkLruAdoptOptions<K>(options: LruAdoptOptions<K> | undefined): Required<LruAdoptOptions<K>> {
  return checkOptions("adopt a cache", options, { evicted: FUNCTION }, { evicted: () => true });
}

/**
 * Checks the result of `sizeOf` and returns it.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not a whole number from 1.
 */
export function checkedSize(size: number): number {
  const message = () => `Cannot write to LruMap: sizeOf must return a whole number from 1: ${received(size)}`;
  if (typeof size !== "number") throw new TypeError(message());
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(message());
  return size;
}

/** @throws {RangeError} If a time to live is not a number of milliseconds above 0. */
export function checkedTtl(ttlMs: number): number {
  if (ttlMs > 0) return ttlMs;
  throw new RangeError(`Cannot write to LruMap: ttlMs must be a number above 0: ${received(ttlMs)}`);
}
