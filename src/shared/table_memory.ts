import { received } from "../received.ts";
import type { SharedMapHandle } from "./handle.ts";

/** Tells the memory of a map from any other. */
const MAGIC = 0x7714_a9b3 | 0;
/** Changes with the layout: see `src/shared/assembly/layout.ts`, which says where the words of the header are. */
export const FORMAT = 2;

const MAGIC_AT = 0;
const FORMAT_AT = 1;
const SEED_AT = 2;
const MAX_LEVEL_AT = 3;
const LIMIT_AT = 4;
const RESERVE_AT = 5;
const FIRST_BLOCK_AT = 6;
const EPOCH_AT = 16;
const TOP_AT = 48;
const SWEEP_AT = 80;
const SLOTS_AT = 96;

const PAGE_BYTES = 2 ** 16;
const BLOCK_BYTES = 64;
const SLOT_BYTES = 8;
const FIRST_LEVEL = 4;

/**
 * The memory of an empty map that takes at most `maxBytes`, an eighth or less of it for slots.
 *
 * @throws {RangeError} If the system can't reserve so much.
 */
export function createMemory(maxBytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.floor(maxBytes / PAGE_BYTES);
  const maxLevel = Math.floor(Math.log2(maxBytes / BLOCK_BYTES));
  // What nobody has written to takes no memory, so it is all there from the beginning.
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const words = new Int32Array(memory.buffer);
  const firstBlock = Math.ceil((SLOTS_AT * 4 + SLOT_BYTES * 2 ** maxLevel) / BLOCK_BYTES);
  const limit = pages * PAGE_BYTES / BLOCK_BYTES;
  words[MAGIC_AT] = MAGIC;
  words[FORMAT_AT] = FORMAT;
  // What hashes begin with, so that nobody who chooses keys can choose such that meet.
  words[SEED_AT] = crypto.getRandomValues(new Int32Array(1))[0] as number;
  words[MAX_LEVEL_AT] = maxLevel;
  words[LIMIT_AT] = limit;
  words[RESERVE_AT] = Math.min(1024, (limit - firstBlock) >> 4);
  words[EPOCH_AT] = FIRST_LEVEL;
  words[FIRST_BLOCK_AT] = words[TOP_AT] = firstBlock;
  words[SWEEP_AT] = 1 << FIRST_LEVEL;
  for (let slot = 0; slot < 1 << FIRST_LEVEL; slot++) words[SLOTS_AT + 2 * slot + 1] = 1;
  return memory;
}

/** How many entries there is memory for, if each takes one block. */
export function maxEntriesOf(memory: WebAssembly.Memory): number {
  const words = new Int32Array(memory.buffer, 0, FIRST_BLOCK_AT + 1);
  return (words[LIMIT_AT] as number) - (words[FIRST_BLOCK_AT] as number);
}

/**
 * The memory that a handle is of.
 *
 * @throws {TypeError} If it isn't one, or one of another version of this module.
 */
export function checkedMemory(handle: SharedMapHandle): WebAssembly.Memory {
  const memory = handle?.kind === "SharedMap" ? handle.memory : undefined;
  const isShared = memory instanceof WebAssembly.Memory && memory.buffer instanceof SharedArrayBuffer;
  const header = isShared ? new Int32Array(memory.buffer) : [];
  if (!isShared || header[MAGIC_AT] !== MAGIC) {
    throw new TypeError(`Cannot attach SharedMap: the handle must be that of a SharedMap: ${received(handle)}`);
  }
  if (header[FORMAT_AT] !== FORMAT) {
    const must = `the handle must be of format ${FORMAT}`;
    throw new TypeError(`Cannot attach SharedMap: ${must}: ${received(header[FORMAT_AT])}`);
  }
  return memory;
}
