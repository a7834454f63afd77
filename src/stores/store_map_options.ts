import { ASYNC_MAP_DEFAULTS, ASYNC_MAP_RULES, type AsyncMapOptions } from "../async/store_calls.ts";
import { checkOptions, numberAbove, type Rules, withMethods } from "../options.ts";
import type { Codec } from "./codec.ts";
import { devalue } from "./devalue_codec.ts";

/** Options for a map over a store whose entries expire. */
export interface StoreMapOptions<V> extends AsyncMapOptions {
  /**
   * How values are stored. All who use the map must use the same.
   * @default {devalue}
   */
  readonly codec?: Codec<V>;
  /**
   * The time to live of an entry, in milliseconds since it was inserted or `set`, above 0; `Infinity`: it never expires.
   * @default {Infinity}
   */
  readonly ttlMs?: number;
}

/** The options, complete. */
export type CheckedStoreMapOptions<V> = Required<StoreMapOptions<V>>;

/** The rules of {@link StoreMapOptions}, for maps that have more. */
export const STORE_MAP_RULES: Rules<StoreMapOptions<unknown>> = {
  codec: withMethods("encode", "decode"),
  ttlMs: numberAbove(0, Infinity),
  ...ASYNC_MAP_RULES,
};

/** The defaults of {@link StoreMapOptions}. */
export const STORE_MAP_DEFAULTS: Required<StoreMapOptions<never>> = {
  codec: devalue as Codec<unknown> as Codec<never>,
  ttlMs: Infinity,
  ...ASYNC_MAP_DEFAULTS,
};

/**
 * Checks options and fills in the defaults.
 *
 * @param action What fails if an option is refused, such as "create StorageMap".
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkStoreMapOptions<V>(
  action: string,
  options: StoreMapOptions<V> | undefined,
): CheckedStoreMapOptions<V> {
  const checked = checkOptions(action, options, STORE_MAP_RULES, STORE_MAP_DEFAULTS);
  return checked as CheckedStoreMapOptions<V>;
}
