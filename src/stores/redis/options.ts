import { ASYNC_MAP_DEFAULTS, ASYNC_MAP_RULES, type AsyncMapOptions } from "../../async/store_calls.ts";
import { checkOptions, numberAbove, type Rules, text, wholeNumber, withMethods } from "../../options.ts";
import type { Codec } from "../codec.ts";
import { devalue } from "../devalue_codec.ts";

/** Options for a `RedisMap`: `prefix` or `hash`, and others. */
export interface RedisMapOptions<V> extends AsyncMapOptions {
  /**
   * What the Redis key of each entry begins with, such as `sessions:`. In a cluster, the entries are spread over the servers. Nothing
   * else in the database may begin with it.
   */
  readonly prefix?: string;
  /** The Redis key of the hash that holds all entries. It is on one server, and its entries never expire. */
  readonly hash?: string;
  /**
   * How values are stored. All who use the map must use the same.
   * @default {devalue}
   */
  readonly codec?: Codec<V>;
  /**
   * The time to live of an entry, in milliseconds since it was inserted or `set`, above 0; `Infinity`: it never expires. Not with
   * `hash`.
   * @default {Infinity}
   */
  readonly ttlMs?: number;
  /**
   * How many keys an iteration remembers, so that each comes once: SCAN answers some again while the server's table grows or shrinks. It
   * takes their bytes and 12 more each. In a larger map, a key may come twice.
   * @default {1_048_576}
   */
  readonly distinctKeys?: number;
}

/** The options, complete. */
export type CheckedOptions<V> =
  & RedisMapOptions<V>
  & Required<Omit<RedisMapOptions<V>, "prefix" | "hash">>;

const NAME = text(1, 1_000);

const RULES: Rules<RedisMapOptions<unknown>> = {
  prefix: NAME,
  hash: NAME,
  codec: withMethods("encode", "decode"),
  ttlMs: numberAbove(0, Infinity),
  distinctKeys: wholeNumber(0, 2 ** 26),
  ...ASYNC_MAP_RULES,
};

/**
 * Checks the options of a `RedisMap` and fills in the defaults.
 *
 * @throws {TypeError} If not one of `prefix` and `hash` is given, `ttlMs` is given with `hash`, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkRedisOptions<V>(options: RedisMapOptions<V> | undefined): CheckedOptions<V> {
  const checked = checkOptions("create RedisMap", options, RULES, {
    codec: devalue as Codec<V>,
    ttlMs: Infinity,
    distinctKeys: 2 ** 20,
    ...ASYNC_MAP_DEFAULTS,
  });
  if ((checked.prefix === undefined) === (checked.hash === undefined)) {
    throw new TypeError("Cannot create RedisMap: either prefix or hash must be given");
  }
  if (checked.hash !== undefined && checked.ttlMs !== Infinity) {
    throw new TypeError("Cannot create RedisMap: ttlMs must be absent: the entries of a hash never expire");
  }
  return checked as CheckedOptions<V>;
}
