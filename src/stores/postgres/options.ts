import { checkOptions, type Rule, type Rules } from "../../options.ts";
import {
  type CheckedStoreMapOptions,
  STORE_MAP_DEFAULTS,
  STORE_MAP_RULES,
  type StoreMapOptions,
} from "../store_map_options.ts";

/** Options for a `PostgresMap`. */
export interface PostgresMapOptions<V> extends StoreMapOptions<V> {
  /**
   * The table of the map: 1 to 48 ASCII letters, digits and `_`, beginning with a letter. PostgreSQL tells capital letters from small
   * ones. It is in the first schema of the connection's `search_path`, and is created if it does not exist.
   */
  readonly table: string;
}

/** The options, complete. */
export type CheckedOptions<V> = CheckedStoreMapOptions<V> & { readonly table: string };

/** PostgreSQL cuts names after 63 bytes, and the names of the index and the sequence are longer than that of the table. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
/** Names of PostgreSQL, and of this module. */
const RESERVED = /^(pg|twinmap)_/i;

const TABLE: Rule = {
  must: "be 1 to 48 ASCII letters, digits and _, and begin with a letter, but not with pg_ or twinmap_",
  isOfType: (value) => typeof value === "string",
  isInRange: (value: string) => NAME.test(value) && !RESERVED.test(value),
};

const RULES: Rules<PostgresMapOptions<unknown>> = { ...STORE_MAP_RULES, table: TABLE };

/**
 * Checks the options of a `PostgresMap` and fills in the defaults.
 *
 * @throws {TypeError} If `table` is missing, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkPostgresOptions<V>(options: PostgresMapOptions<V> | undefined): CheckedOptions<V> {
  const checked = checkOptions("create PostgresMap", options, RULES, STORE_MAP_DEFAULTS);
  if (checked.table === undefined) throw new TypeError("Cannot create PostgresMap: table must be given");
  return checked as CheckedOptions<V>;
}
