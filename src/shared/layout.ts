/** Where everything lies in the memory of a map, in words of 4 bytes: `src/shared/assembly/layout.ts` explains it, in bytes. */

export const MAGIC_AT = 0;
export const FORMAT_AT = 1;
/** The key of the hash function. */
export const SEED_AT = 2;
export const SEED_WORDS = 4;
export const MAX_LEVEL_AT = 6;
export const LIMIT_AT = 7;
export const RESERVE_AT = 8;
export const FIRST_BLOCK_AT = 9;
export const EPOCH_AT = 16;
export const LISTS_AT = 32;
export const LISTS = 16;
export const LIST_WORDS = 16;
export const RESERVED_AT = 288;
export const OWED_AT = 290;
export const LARGEST_AT = 291;
export const TOP_AT = 304;
export const TABLES_AT = 321;
export const SWEEP_AT = 336;
export const DEATHS_AT = 338;
export const RECLAIMED_AT = 339;
export const UNKNOWN_AT = 340;
export const RECORDS_AT = 352;
export const RECORDS = 64;
export const RECORD_WORDS = 16;
export const SLOTS_AT = 1392;

export const LEVEL_MASK = 31;

/** The words of a record. */
export const WRITES = 0;
export const SIGNS = 2;
export const ALL_SIGNS = 13;
export const WAITS = 3;
export const LOOKS = 4;

export const BLOCK_WORDS = 16;
/** A link is the number of a block, and has a mark in the bits above. */
export const BLOCK_MASK: number = 2 ** 26 - 1;
export const SPLIT_SHIFT = 26;

/** The words of a head; the first of any block is the link to the next one of whatever it is part of. */
export const NEXT = 0;
export const HASH = 1;
export const REST = 3;
export const KEY = 4;
export const VALUE = 5;
export const PAYLOAD = 6;
