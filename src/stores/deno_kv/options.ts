import { BOOLEAN, checkOptions, type Rules, text } from "../../options.ts";
import {
  type CheckedStoreMapOptions,
  STORE_MAP_DEFAULTS,
  STORE_MAP_RULES,
  type StoreMapOptions,
} from "../store_map_options.ts";

/** Options for a `DenoKvMap`. */
export interface DenoKvMapOptions<V> extends StoreMapOptions<V> {
  /** The first part of each key: 1 to 200 characters. Nothing else in the database may have keys that begin with it. */
  readonly prefix: string;
  /**
   * Whether values of more than 65,510 bytes are taken, and split over several entries that are written in one commit: up to 765,925
   * bytes. Each write takes longer then. All who use the map must use the same.
   * @default {false}
   */
  readonly split?: boolean;
}

/** The options, complete. */
export type CheckedOptions<V> = CheckedStoreMapOptions<V> & { readonly prefix: string; readonly split: boolean };

const RULES: Rules<DenoKvMapOptions<unknown>> = { ...STORE_MAP_RULES, prefix: text(1, 200), split: BOOLEAN };

/**
 * Checks the options of a `DenoKvMap` and fills in the defaults.
 *
 * @throws {TypeError} If `prefix` is missing, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkDenoKvOptions<V>(options: DenoKvMapOptions<V> | undefined): CheckedOptions<V> {
  const checked = checkOptions("create DenoKvMap", options, RULES, { ...STORE_MAP_DEFAULTS, split: false });
  if (checked.prefix === undefined) throw new TypeError("Cannot create DenoKvMap: prefix must be given");
  return checked as CheckedOptions<V>;
}
