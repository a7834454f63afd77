import { checkOptions, type Rules, text, wholeNumber } from "../../options.ts";
import {
  type CheckedStoreMapOptions,
  STORE_MAP_DEFAULTS,
  STORE_MAP_RULES,
  type StoreMapOptions,
} from "../store_map_options.ts";

/** Options for a `RedisMap`: `prefix` or `hash`, and others. */
export interface RedisMapOptions<V> extends StoreMapOptions<V> {
  /**
   * What the Redis key of each entry begins with, such as `sessions:`. In a cluster, the entries are spread over the servers. Nothing
   * else in the database may begin with it.
   */
  readonly prefix?: string;
  /** The Redis key of the hash that holds all entries. It is on one server, and its entries never expire. */
  readonly hash?: string;
  /**
   * The time to live of an entry, in milliseconds since it was inserted or `set`, above 0; `Infinity`: it never expires. Not with
   * `hash`.
   * @default {Infinity}
   */
  readonly ttlMs?: number;
  /**
   * How many keys an iteration remembers, so that each comes once: SCAN answers some again while the server's table grows or shrinks. It
   * takes their bytes and about 14 more each. In a larger map, a key may come twice.
   * @default {1_048_576}
   */
  readonly distinctKeys?: number;
}

/** The options, complete. */
export type CheckedOptions<V> =
  & CheckedStoreMapOptions<V>
  & Pick<RedisMapOptions<V>, "prefix" | "hash">
  & { readonly distinctKeys: number };

const NAME = text(1, 1_000);

const RULES: Rules<RedisMapOptions<unknown>> = {
  ...STORE_MAP_RULES,
  prefix: NAME,
  hash: NAME,
  distinctKeys: wholeNumber(0, 2 ** 26),
};

/**
 * Checks the options of a `RedisMap` and fills in the defaults.
 *
 * @throws {TypeError} If not one of `prefix` and `hash` is given, `ttlMs` is given with `hash`, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkRedisOptions<V>(options: RedisMapOptions<V> | undefined): CheckedOptions<V> {
  const defaults = { ...STORE_MAP_DEFAULTS, distinctKeys: 2 ** 20 };
  const checked = checkOptions("create RedisMap", options, RULES, defaults);
  const { prefix, hash } = checked;
  if (prefix === undefined && hash === undefined) {
    throw new TypeError("Cannot create RedisMap: prefix or hash must be given: received neither");
  }
  if (prefix !== undefined && hash !== undefined) {
    throw new TypeError(
      "Cannot create RedisMap: prefix and hash must not be given together: with prefix, each entry is a Redis key of its own, " +
        "with hash, all are in one",
    );
  }
  if (hash !== undefined && checked.ttlMs !== Infinity) {
    throw new TypeError("Cannot create RedisMap: ttlMs must be absent: the entries of a hash never expire");
  }
  return checked as CheckedOptions<V>;
}
