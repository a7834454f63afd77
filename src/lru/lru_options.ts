/** V8 ends a `Map` there. */
export const MAX_ENTRIES: number = 2 ** 24;

/** Why an entry was removed: its room was needed, or its time was over. */
export type EvictReason = "size" | "expired";

/** What an `LruMap` can be told: `max` or `maxSize` must be among it. */
export interface LruMapOptions<K, V> {
  /** The largest number of entries, 1 to 2^24. Room for all of them is allocated at once. */
  readonly max?: number;
  /** The largest sum of the sizes of all entries: a whole number from 1. Goes with `sizeOf`. */
  readonly maxSize?: number;
  /**
   * The size of an entry: a whole number from 1, in whatever unit `maxSize` is. One that is larger than `maxSize` is not
   * kept. It is asked whenever an entry is written.
   */
  readonly sizeOf?: (value: V, key: K) => number;
  /**
   * For how many milliseconds an entry is there after it was written last: a whole number from 1. Reads don't prolong it.
   * @default {Infinity}
   */
  readonly ttlMs?: number;
  /**
   * The time, in milliseconds, which never goes back: the clock of a twin is one.
   * @default {performance}
   */
  readonly clock?: { monotonicMs(): number };
  /**
   * Called with each entry that the map removed on its own, when the operation that brought it about is done: an expired
   * one once somebody asks for it, for `size` or for its room. What it throws reaches the caller of that operation, which
   * is done nevertheless.
   */
  readonly onEvict?: (key: K, value: V, reason: EvictReason) => void;
}

/** The options, if they are such; throws as the constructor says. */
export function checkLruOptions<K, V>(options: LruMapOptions<K, V>): LruMapOptions<K, V> {
  if (typeof options !== "object" || options === null) refuse(TypeError, "options must be an object", options);
  const { max, maxSize, sizeOf, ttlMs, clock, onEvict } = options;
  if (max === undefined && maxSize === undefined) refuse(TypeError, "max or maxSize must be given", "neither");
  whole("max", max, MAX_ENTRIES, "2^24");
  whole("maxSize", maxSize, Number.MAX_SAFE_INTEGER, "2^53 - 1");
  whole("ttlMs", ttlMs, Number.MAX_SAFE_INTEGER, "2^53 - 1");
  if ((maxSize === undefined) !== (sizeOf === undefined)) {
    refuse(TypeError, "maxSize and sizeOf must be given together", maxSize === undefined ? "sizeOf" : "maxSize");
  }
  if (sizeOf !== undefined && typeof sizeOf !== "function") refuse(TypeError, "sizeOf must be a function", sizeOf);
  if (onEvict !== undefined && typeof onEvict !== "function") refuse(TypeError, "onEvict must be a function", onEvict);
  if (clock !== undefined && typeof clock?.monotonicMs !== "function") {
    refuse(TypeError, "clock must have the method monotonicMs", clock);
  }
  return options;
}

/** What `sizeOf` returned; throws if it is no size. */
export function checkedSize(size: number): number {
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new RangeError(`Cannot write to LruMap: sizeOf must return a whole number from 1: received ${String(size)}`);
}

function whole(name: string, value: number | undefined, most: number, written: string): void {
  if (value === undefined) return;
  const must = `${name} must be a whole number from 1 to ${written}`;
  if (typeof value !== "number") refuse(TypeError, must, value);
  if (!Number.isInteger(value) || value < 1 || value > most) refuse(RangeError, must, value);
}

function refuse(kind: typeof TypeError | typeof RangeError, must: string, received: unknown): never {
  throw new kind(`Cannot create LruMap: ${must}: received ${String(received)}`);
}
