import { DEFAULT_TRAITS } from "../../abstract_map.ts";
import type { Traits } from "../../concurrent_map.ts";

/** The longest string, bytes or row that SQLite takes, unless it was built otherwise. */
const MAX_BYTES = 1_000_000_000;

/** The traits of a `SqliteMap` whose entries never expire. */
export const TRAITS: Traits = {
  ...DEFAULT_TRAITS,
  keys: "strings, integers and bytes",
  values: "copy",
  maxEntries: Infinity,
  maxKeyBytes: MAX_BYTES,
  maxValueBytes: MAX_BYTES,
  scope: "store",
};

/** The traits of a `SqliteMap` with a `ttlMs`. */
export const EXPIRING_TRAITS: Traits = { ...TRAITS, expires: "entry" };
