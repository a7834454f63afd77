import { checkOptions, numberAbove, type Rule, type Rules, wholeNumber, withMethods } from "../../options.ts";
import type { Codec } from "../codec.ts";
import { devalue } from "../devalue_codec.ts";

/** Options for a `SqliteMap`. */
export interface SqliteMapOptions<V> {
  /**
   * The table of the map: 1 to 64 ASCII letters, digits and `_`, beginning with a letter. SQLite does not tell capital letters
   * from small ones. It is created if it does not exist.
   */
  readonly table: string;
  /**
   * How values are stored. All processes must use the same.
   * @default {devalue}
   */
  readonly codec?: Codec<V>;
  /**
   * The time to live of an entry, in milliseconds since it was inserted or `set`, above 0. With it, `set` takes a time for
   * the entry alone; `Infinity`: the other entries never expire. Without it, no entry expires.
   */
  readonly ttlMs?: number;
  /**
   * How long a call waits, and with it the event loop, while another connection writes: whole milliseconds up to 60,000.
   * It is set on the handle.
   * @default {250}
   */
  readonly busyTimeoutMs?: number;
  /**
   * The clock by which entries expire: milliseconds since 1970. All processes must agree on it.
   * @default {Date}
   */
  readonly clock?: { now(): number };
}

/** The options, complete. */
export type CheckedOptions<V> = SqliteMapOptions<V> & Required<Omit<SqliteMapOptions<V>, "ttlMs">>;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** Names of SQLite, and of this module. */
const RESERVED = /^(sqlite|twinmap)_/i;

const TABLE: Rule = {
  must: "be 1 to 64 ASCII letters, digits and _, and begin with a letter, but not with sqlite_ or twinmap_",
  isOfType: (value) => typeof value === "string",
  isInRange: (value: string) => NAME.test(value) && !RESERVED.test(value),
};

/** The rule of a time to live, of a map or an entry. */
export const TTL: Rule = numberAbove(0, Infinity);

const RULES: Rules<SqliteMapOptions<unknown>> = {
  table: TABLE,
  codec: withMethods("encode", "decode"),
  ttlMs: TTL,
  busyTimeoutMs: wholeNumber(0, 60_000),
  clock: withMethods("now"),
};

/**
 * Checks the options of a `SqliteMap` and fills in the defaults.
 *
 * @throws {TypeError} If `table` is missing, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkSqliteOptions<V>(options: SqliteMapOptions<V> | undefined): CheckedOptions<V> {
  const checked = checkOptions("create SqliteMap", options, RULES, {
    codec: devalue as Codec<V>,
    busyTimeoutMs: 250,
    clock: Date,
  });
  if (checked.table === undefined) throw new TypeError("Cannot create SqliteMap: table must be given");
  return checked as CheckedOptions<V>;
}
