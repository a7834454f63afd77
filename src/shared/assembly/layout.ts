/**
 * Where everything lies in the memory of a map.
 *
 * Invariants
 *
 * - The header comes first, then as many slots as there can ever be, then the blocks. All of it is there from
 *   the beginning: the system gives a page of it real memory when it is first written to.
 * - Words below `EPOCH_AT` are written once, before anybody else sees the memory. Every other word of the header lies in a cache
 *   line apart from those that others read all the time.
 * - A pair is 8 aligned bytes: a link in the lower half, a version in the upper one. It is written whole, by compare-and-exchange
 *   only, and each such write adds 1 to the version. So a pair that has the version it had before was not written in between,
 *   unless it was written a multiple of 2^32 - 1 times: a quarter of an hour of nothing else, at 5 million writes a second, all
 *   of it between two steps of one operation.
 */

/** Whether other threads can see the memory. The build writes this line. */
export const SHARED: bool = true;

export const SEED_AT: u32 = 8;
export const MAX_LEVEL_AT: u32 = 12;
/** Blocks from this one on are beyond the limit. */
export const LIMIT_AT: u32 = 16;
/** So many blocks are left for what gives memory back: deletions, and splits that somebody else began. */
export const RESERVE_AT: u32 = 20;
/** The generation, which each `clear` adds 1 to, in the upper 27 bits, and the level: there are 2^level slots. */
export const EPOCH_AT: u32 = 64;
/** A pair: the first free block. */
export const FREE_AT: u32 = 128;
/** Blocks from here on were never used. */
export const TOP_AT: u32 = 192;
/** About how many entries there are: a thread that is terminated may fail to count one. It only tells when to grow. */
export const COUNT_AT: u32 = 256;
/** The next slot to be split off by the way. */
export const SWEEP_AT: u32 = 320;
/** The generation in which all slots were last rid of what earlier ones left. */
export const SWEPT_AT: u32 = 324;
export const SLOTS_AT: u32 = 384;

export const LEVEL_BITS: u32 = 5;
export const LEVEL_MASK: u32 = 31;

/** A block is a cache line, and a link to it is its address without the bits that say where in the line. */
export const BLOCK_SHIFT: u32 = 6;
/** The bits of a link that say which block. */
export const BLOCK_MASK: u32 = (1 << 26) - 1;
/** The bits of a link above those hold the bit by which the slot is being split, or 0. */
export const SPLIT_SHIFT: u32 = 26;

/** Where in a block the link to the next one is, of whatever the block is part of. */
export const NEXT: u32 = 0;
/** Where in the head of an entry the rest is. */
export const HASH: u32 = 4;
export const GENERATION: u32 = 8;
/** The link to the block where key and value go on, and so on from block to block. */
export const REST: u32 = 12;
/** What the key is, and how long; then the same of the value. */
export const KEY: u32 = 16;
export const VALUE: u32 = 20;
/** The key, and behind it the value. */
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
