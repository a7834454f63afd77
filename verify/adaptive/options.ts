import { type Clock, systemClock } from "../../src/clock.ts";
import { rendered } from "../../src/inspection/rendering.ts";

/** What an `AdaptiveMap` can be told. */
export interface AdaptiveMapOptions {
  /**
   * The most entries for which it becomes a `ReadDirtyMap`: 0 to 2^24; 0 for never.
   * @default {32768}
   */
  readonly readDirtyUpTo?: number;
  /**
   * The fewest entries for which it becomes an `IntMap`: 1 to 2^31.
   * @default {524288}
   */
  readonly intFrom?: number;
  /**
   * The fewest entries for which it becomes a `ShardedMap`: 1 to 2^31.
   * @default {8388608}
   */
  readonly shardedFrom?: number;
  /**
   * After how many writes the load is told, and the first move may begin: 1 to 2^31.
   * @default {131072}
   */
  readonly minWrites?: number;
  /**
   * The time, and the turns of the event loop.
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

const DEFAULTS: Required<AdaptiveMapOptions> = {
  readDirtyUpTo: 2 ** 15,
  intFrom: 2 ** 19,
  shardedFrom: 2 ** 23,
  minWrites: 2 ** 17,
  clock: systemClock,
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If an option is of the wrong type.
 */
export function checkAdaptiveOptions(options: AdaptiveMapOptions): Required<AdaptiveMapOptions> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const checked = { ...DEFAULTS, ...given };
  wholeNumber("readDirtyUpTo", checked.readDirtyUpTo, 0, 2 ** 24);
  wholeNumber("intFrom", checked.intFrom, 1, 2 ** 31);
  wholeNumber("shardedFrom", checked.shardedFrom, 1, 2 ** 31);
  wholeNumber("minWrites", checked.minWrites, 1, 2 ** 31);
  const clock: Partial<Record<keyof Clock, unknown>> | null = checked.clock;
  if ([clock?.now, clock?.monotonicMs, clock?.schedule].some((method) => typeof method !== "function")) {
    const must = "clock must have the methods now, monotonicMs and schedule";
    throw new TypeError(`Cannot create AdaptiveMap: ${must}: received ${rendered(clock)}`);
  }
  return checked;
}

function wholeNumber(name: string, value: unknown, min: number, max: number): void {
  const must = `Cannot create AdaptiveMap: ${name} must be a whole number from ${min} to ${max}`;
  if (typeof value !== "number") throw new TypeError(`${must}: received ${rendered(value)}`);
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${must}: received ${value}`);
}
