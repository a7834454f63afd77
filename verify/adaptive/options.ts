import { type Clock, systemClock } from "../../src/clock.ts";
import { checkOptions, type Rules, wholeNumber, withMethods } from "../../src/options.ts";

/** Options for an `AdaptiveMap`. */
export interface AdaptiveMapOptions {
  /**
   * The largest number of entries at which it becomes a `ReadDirtyMap`: 0 to 2^24; 0 means never.
   * @default {32768}
   */
  readonly readDirtyUpTo?: number;
  /**
   * The smallest number of entries at which it becomes an `IntMap`: 1 to 2^31.
   * @default {524288}
   */
  readonly intFrom?: number;
  /**
   * The smallest number of entries at which it becomes a `ShardedMap`: 1 to 2^31.
   * @default {8388608}
   */
  readonly shardedFrom?: number;
  /**
   * The number of writes after which the workload is measured and the first move may begin: 1 to 2^31.
   * @default {131072}
   */
  readonly minWrites?: number;
  /**
   * The source of time and of turns of the event loop.
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

const RULES: Rules<AdaptiveMapOptions> = {
  readDirtyUpTo: wholeNumber(0, 2 ** 24),
  intFrom: wholeNumber(1, 2 ** 31),
  shardedFrom: wholeNumber(1, 2 ** 31),
  minWrites: wholeNumber(1, 2 ** 31),
  clock: withMethods("now", "monotonicMs", "schedule"),
};

/**
 * Checks the options of an `AdaptiveMap` and fills in the defaults.
 *
 * @throws {RangeError} If a number is out of its range.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkAdaptiveOptions(options: AdaptiveMapOptions | undefined): Required<AdaptiveMapOptions> {
  return checkOptions("create AdaptiveMap", options, RULES, DEFAULTS);
}
