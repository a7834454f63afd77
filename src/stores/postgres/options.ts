import { ASYNC_MAP_RULES, type AsyncMapOptions } from "../../async/store_calls.ts";
import { checkOptions, numberAbove, type Rule, type Rules, withMethods } from "../../options.ts";
import type { Codec } from "../codec.ts";
import { devalue } from "../devalue_codec.ts";

/** Options for a `PostgresMap`. */
export interface PostgresMapOptions<V> extends AsyncMapOptions {
  /**
   * The table of the map: 1 to 48 ASCII letters, digits and `_`, beginning with a letter. PostgreSQL tells capital letters from small
   * ones. It is in the first schema of the connection's `search_path`, and is created if it does not exist.
   */
  readonly table: string;
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
export type CheckedOptions<V> = PostgresMapOptions<V> & Required<Pick<PostgresMapOptions<V>, "codec" | "ttlMs">>;

/** PostgreSQL cuts names after 63 bytes, and the names of the index and the sequence are longer than that of the table. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
/** Names of PostgreSQL, and of this module. */
const RESERVED = /^(pg|twinmap)_/i;

const TABLE: Rule = {
  must: "be 1 to 48 ASCII letters, digits and _, and begin with a letter, but not with pg_ or twinmap_",
  isOfType: (value) => typeof value === "string",
  isInRange: (value: string) => NAME.test(value) && !RESERVED.test(value),
};

const RULES: Rules<PostgresMapOptions<unknown>> = {
  table: TABLE,
  codec: withMethods("encode", "decode"),
  ttlMs: numberAbove(0, Infinity),
  ...ASYNC_MAP_RULES,
};

/**
 * Checks the options of a `PostgresMap` and fills in the defaults.
 *
 * @throws {TypeError} If `table` is missing, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkPostgresOptions<V>(options: PostgresMapOptions<V> | undefined): CheckedOptions<V> {
  const defaults = { codec: devalue as Codec<V>, ttlMs: Infinity };
  const checked = checkOptions("create PostgresMap", options, RULES, defaults);
  if (checked.table === undefined) throw new TypeError("Cannot create PostgresMap: table must be given");
  return checked as CheckedOptions<V>;
}
