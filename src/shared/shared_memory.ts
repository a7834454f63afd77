/**
 * The two growable buffers that all threads share, and what lies where in them.
 *
 * Invariants
 *
 * - The first words of `slots` up to `EPOCH` are written by `createBuffers`, before anyone else can see the buffers, and never
 *   again. Each other word of the header lies in a cache line apart from those that others read all the time.
 * - A buffer only grows, and it grows before anything that lies in the new part is referred to: the level is raised, and a block
 *   is handed out, afterwards. A thread that meets an index beyond its view makes a new view. If the index is beyond that too,
 *   it was read from memory that had been recycled, and the reader discards it (see `slot_table.ts`).
 * - A pair is two words of 8 aligned bytes: what it links to, and its version. It is written as one word of 64 bits, by
 *   compare-and-exchange only, and each such write adds 1 to the version. So a pair that has the version it had before was not
 *   written in between, unless it was written a multiple of 2^32 - 1 times: quarter of an hour of nothing else, at 5 million
 *   writes a second, all of it between two steps of one operation.
 * - Readers load the halves of a pair one by one, the version first and again at the end. The processors on which the runtimes
 *   run write aligned 8 bytes at once, and order such a write with loads of either half.
 */
import process from "node:process";

/** Tells the buffers of a map from any others. */
export const MAGIC = 0x7714_a9b3;
/** Changes with the layout. */
export const FORMAT = 1;

export const MAGIC_AT = 0;
export const FORMAT_AT = 1;
/** What hashes begin with, so that nobody who chooses keys can choose such that meet. */
export const SEED_AT = 2;
export const MAX_LEVEL_AT = 3;
export const MAX_BLOCKS_AT = 4;
/** So many blocks are left for what gives memory back: deletions, and splits that somebody else began. */
export const RESERVE_AT = 5;
/** The generation, which each `clear` adds 1 to, in the upper 27 bits, and the level: there are 2^level slots. */
export const EPOCH_AT = 16;
/** A pair: the first free block. */
export const FREE_AT = 32;
/** Blocks from here on were never used. */
export const TOP_AT = 48;
/** About how many entries there are: a thread that is terminated may fail to count one. It only tells when to grow. */
export const COUNT_AT = 64;
/** The next slot to be split off by the way. */
export const SWEEP_AT = 80;
/** The generation in which all slots were last rid of what earlier ones left. */
export const SWEPT_AT = 81;
const SLOTS_AT = 96;

export const LEVEL_BITS = 5;
export const LEVEL_MASK = 31;
export const FIRST_LEVEL = 4;

/** A block is a cache line: 2^4 words. */
export const BLOCK_SHIFT = 4;
export const BLOCK_BYTES = 64;
/** A link has 26 bits for a block. */
export const INDEX_MASK: number = (1 << 26) - 1;
/** The bits of a link above those hold the bit by which the slot is being split, or 0. */
export const SPLIT_SHIFT = 26;

const FIRST_BLOCKS = 1024;

export interface Buffers {
  readonly slots: SharedArrayBuffer;
  readonly blocks: SharedArrayBuffer;
}

/** The buffers of an empty map that takes at most `maxBytes`, a seventh or less of it for slots. */
export function createBuffers(maxBytes: number): Buffers {
  const maxLevel = Math.max(FIRST_LEVEL, Math.floor(Math.log2(maxBytes / BLOCK_BYTES)));
  const maxSlotBytes = SLOTS_AT * 4 + 8 * 2 ** maxLevel;
  const maxBlocks = Math.min(INDEX_MASK, Math.floor((maxBytes - maxSlotBytes) / BLOCK_BYTES));
  const slots = new SharedArrayBuffer(SLOTS_AT * 4 + 8 * 2 ** FIRST_LEVEL, { maxByteLength: maxSlotBytes });
  const blocks = new SharedArrayBuffer(Math.min(FIRST_BLOCKS, maxBlocks) * BLOCK_BYTES, {
    maxByteLength: maxBlocks * BLOCK_BYTES,
  });
  const words = new Int32Array(slots);
  words[MAGIC_AT] = MAGIC | 0;
  words[FORMAT_AT] = FORMAT;
  words[SEED_AT] = crypto.getRandomValues(new Int32Array(1))[0] as number;
  words[MAX_LEVEL_AT] = maxLevel;
  words[MAX_BLOCKS_AT] = maxBlocks;
  words[RESERVE_AT] = Math.min(1024, maxBlocks >> 4);
  words[EPOCH_AT] = FIRST_LEVEL;
  // Block 0 is none: links to it lead nowhere.
  words[TOP_AT] = 1;
  words[SWEEP_AT] = 1 << FIRST_LEVEL;
  for (let slot = 0; slot < 1 << FIRST_LEVEL; slot++) words[versionAt(slot)] = 1;
  return { slots, blocks };
}

/** Which word of `slots` holds the link of a slot, the first of its pair. */
export function linkAt(slot: number): number {
  return SLOTS_AT + 2 * slot;
}

/** Which word of `slots` holds the version of a slot, the second of its pair. */
export function versionAt(slot: number): number {
  return SLOTS_AT + 2 * slot + 1;
}

const pairs = new BigInt64Array(2);
const pairWords = new Int32Array(pairs.buffer);

/** x86 does not let a load overtake an earlier one; others may. */
const KEEPS_LOADS_IN_ORDER = process.arch === "x64" || process.arch === "ia32";
const fence = new Int32Array(new SharedArrayBuffer(4));

/** Keeps plain loads before it from being done after an `Atomics.load` behind it. */
export function orderLoads(): void {
  if (!KEEPS_LOADS_IN_ORDER) Atomics.add(fence, 0, 0);
}

/** One thread's views of the buffers. */
export class SharedMemory {
  readonly buffers: Buffers;
  /** The header and the slots. */
  words: Int32Array;
  /** The blocks. */
  blocks: Int32Array;
  #pairs: BigInt64Array;

  constructor(buffers: Buffers) {
    this.buffers = buffers;
    this.words = new Int32Array(buffers.slots, 0, buffers.slots.byteLength >> 2);
    this.#pairs = new BigInt64Array(buffers.slots, 0, buffers.slots.byteLength >> 3);
    this.blocks = new Int32Array(buffers.blocks, 0, buffers.blocks.byteLength >> 2);
  }

  /** Makes views of all there is now. */
  refresh(): void {
    const { slots, blocks } = this.buffers;
    this.words = new Int32Array(slots, 0, slots.byteLength >> 2);
    this.#pairs = new BigInt64Array(slots, 0, slots.byteLength >> 3);
    this.blocks = new Int32Array(blocks, 0, blocks.byteLength >> 2);
  }

  /** Where a block begins in `blocks`, which shows it from now on; or -1 if there is no such block. */
  blockAt(block: number): number {
    const at = block << BLOCK_SHIFT;
    if (at < this.blocks.length) return at;
    this.refresh();
    return at < this.blocks.length ? at : -1;
  }

  /** Writes a pair if it is still the one with this link and version, adds 1 to its version, and tells whether it did. */
  exchange(at: number, link: number, version: number, newLink: number): boolean {
    if (at >= this.words.length) this.refresh();
    pairWords[0] = link;
    pairWords[1] = version;
    pairWords[2] = newLink;
    // A version of 0 is that of a slot which was never written.
    pairWords[3] = (version + 1 | 0) || 1;
    const [expected = 0n, replacement = 0n] = pairs;
    return Atomics.compareExchange(this.#pairs, at >> 1, expected, replacement) === expected;
  }

  /** Makes room for 2^level slots, and tells whether the system had the memory. */
  growSlots(level: number): boolean {
    const isGrown = grow(this.buffers.slots, SLOTS_AT * 4 + 8 * 2 ** level);
    this.refresh();
    return isGrown;
  }

  /** Makes room for so many blocks and some more, and tells whether the system had the memory. */
  growBlocks(count: number): boolean {
    const { blocks } = this.buffers;
    const byteLength = count * BLOCK_BYTES;
    if (byteLength <= blocks.byteLength) return true;
    const generous = blocks.byteLength + (blocks.byteLength >> 2 & -BLOCK_BYTES);
    const isGrown = grow(blocks, Math.min(blocks.maxByteLength, Math.max(byteLength, generous))) ||
      grow(blocks, byteLength);
    this.refresh();
    return isGrown;
  }
}

/** Another thread may grow the buffer at the same time, and further. */
function grow(buffer: SharedArrayBuffer, byteLength: number): boolean {
  while (buffer.byteLength < byteLength) {
    try {
      buffer.grow(byteLength);
    } catch {
      return buffer.byteLength >= byteLength;
    }
  }
  return true;
}
