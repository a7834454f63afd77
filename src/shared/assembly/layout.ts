/**
 * Where everything lies in the memory of a map.
 *
 * Invariants
 *
 * - The header comes first, then as many slots as there can ever be, then the blocks. All of it exists from the beginning: the
 *   system backs a page of it with real memory when the page is first written to.
 * - Words below `EPOCH_AT` are written once, before any other thread sees the memory. Every other word of the header that is
 *   written often has a cache line apart from the words that others read all the time.
 * - A pair is 8 aligned bytes: a link in the lower half, a version in the upper one. It is written as a whole, by
 *   compare-and-exchange only, and each such write adds 1 to the version. So a pair with the same version as before was not
 *   written in between, unless it was written a multiple of 2^32 - 1 times: that takes a quarter of an hour of nothing else, at
 *   5 million writes a second, between two steps of one operation.
 */

/** Whether other threads can see the memory. The build writes this line. */
export const SHARED: bool = true;

/** The key of the hash function: 16 random bytes. */
export const SEED_AT: u32 = 8;
export const MAX_LEVEL_AT: u32 = 24;
/** Blocks from this one on are beyond the limit. */
export const LIMIT_AT: u32 = 28;
/** How many of the blocks below the limit are kept in reserve from the beginning: see `block_pool.ts`. */
export const RESERVE_AT: u32 = 32;
/** The generation, which each `clear` adds 1 to, in the upper 27 bits, and the level: there are 2^level slots. */
export const EPOCH_AT: u32 = 64;
/** The lists of free blocks. The first 8 bytes of each are a pair: its first block. */
export const LISTS_AT: u32 = 128;
export const LISTS: u32 = 16;
/** Each list has a cache line of its own. */
export const LIST_SHIFT: u32 = 6;
/** The list of free blocks that are kept in reserve. */
export const RESERVED_AT: u32 = 1152;
/** How many blocks the reserve lacks; if negative, how many it has too many. */
export const OWED_AT: u32 = 1160;
/** Entries of up to this many blocks can be replaced with what the reserve has. */
export const LARGEST_AT: u32 = 1164;
/** Blocks from here on were never used. */
export const TOP_AT: u32 = 1216;
/** About how many entries there are: a thread that is terminated may not count its last one. It only tells when to grow. */
export const COUNT_AT: u32 = 1280;
/** How many tables were made, each of which prefers a list: counted in `src/shared/table.ts`. */
export const TABLES_AT: u32 = 1284;
/** The next slot to be split off. */
export const SWEEP_AT: u32 = 1344;
/** The generation in which all slots were last cleared of what earlier ones left. */
export const SWEPT_AT: u32 = 1348;
/** How many threads were found to have ended within a write, and how many of them when what they held was freed. */
export const DEATHS_AT: u32 = 1352;
export const RECLAIMED_AT: u32 = 1356;
/** Whether more threads have written to the map than there are records for. */
export const UNKNOWN_AT: u32 = 1360;
/** 64 records of threads that write to the map, and one that all others share: see `src/shared/thread_record.ts`. */
export const RECORDS_AT: u32 = 1408;
export const SLOTS_AT: u32 = 5568;

/** Where in a record, which is a cache line, the count of writes is, and what tells whether the thread lives. */
export const WRITES: u32 = 0;
export const SIGNS: u32 = 8;
/** What that is if the thread has all its signs of life. */
export const ALL_SIGNS: u32 = 13;

export const LEVEL_BITS: u32 = 5;
export const LEVEL_MASK: u32 = 31;

/** A block is a cache line, and a link to it is its address without the bits that say where in the line. */
export const BLOCK_SHIFT: u32 = 6;
/** The bits of a link that say which block. */
export const BLOCK_MASK: u32 = (1 << 26) - 1;
/** The bits of a link above those hold the bit by which the slot is being split, or 0. */
export const SPLIT_SHIFT: u32 = 26;

/** Where in a block the link to the next one is, whatever the block is part of. */
export const NEXT: u32 = 0;
/** Where in the head of an entry the rest is. */
export const HASH: u32 = 4;
export const GENERATION: u32 = 8;
/** The link to the block where key and value continue, and from there to the next block, and so on. */
export const REST: u32 = 12;
/** The header of the key: what kind it is, and how long. Then the same for the value. */
export const KEY: u32 = 16;
export const VALUE: u32 = 20;
/** The key, followed by the value. */
export const PAYLOAD: u32 = 24;
export const BLOCK_BYTES: u32 = 64;

// @ts-ignore: decorator
@inline
export function addressOf(link: u32): u32 {
  return (link & BLOCK_MASK) << BLOCK_SHIFT;
}

// @ts-ignore: decorator
@inline
export function linkTo(block: u32): u32 {
  return block >> BLOCK_SHIFT;
}

// @ts-ignore: decorator
@inline
export function nextOf(block: u32): u32 {
  return addressOf(load<u32>(block + NEXT));
}
