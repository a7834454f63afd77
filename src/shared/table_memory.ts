import { DEFAULT_TRAITS } from "../abstract_map.ts";
import type { Traits } from "../concurrent_map.ts";
import { received } from "../received.ts";
import type { SharedMapHandle } from "./handle.ts";
import {
  EPOCH_AT,
  FIRST_BLOCK_AT,
  FORMAT_AT,
  LARGEST_AT,
  LIMIT_AT,
  MAGIC_AT,
  MAX_LEVEL_AT,
  RESERVE_AT,
  SEED_AT,
  SEED_WORDS,
  SLOTS_AT,
  SWEEP_AT,
  TOP_AT,
} from "./layout.ts";

/** Tells the memory of a map from any other. */
const MAGIC = 0x7714_a9b3 | 0;
/** Changes with the layout. */
export const FORMAT = 4;

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
  // A page takes no real memory until it is written to, so all of it exists from the beginning.
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const words = new Int32Array(memory.buffer);
  const firstBlock = Math.ceil((SLOTS_AT * 4 + SLOT_BYTES * 2 ** maxLevel) / BLOCK_BYTES);
  const limit = pages * PAGE_BYTES / BLOCK_BYTES;
  words[MAGIC_AT] = MAGIC;
  words[FORMAT_AT] = FORMAT;
  words.set(crypto.getRandomValues(new Int32Array(SEED_WORDS)), SEED_AT);
  words[MAX_LEVEL_AT] = maxLevel;
  words[LIMIT_AT] = limit;
  const reserve = Math.min(1024, (limit - firstBlock) >> 4);
  words[RESERVE_AT] = reserve;
  words[LARGEST_AT] = reserve >> 1;
  words[EPOCH_AT] = FIRST_LEVEL;
  words[FIRST_BLOCK_AT] = words[TOP_AT] = firstBlock;
  words[SWEEP_AT] = 1 << FIRST_LEVEL;
  for (let slot = 0; slot < 1 << FIRST_LEVEL; slot++) words[SLOTS_AT + 2 * slot + 1] = 1;
  return memory;
}

/** What holds for the maps in a memory. */
export function traitsOf(memory: WebAssembly.Memory): Traits {
  const words = new Int32Array(memory.buffer, 0, FIRST_BLOCK_AT + 1);
  return {
    ...DEFAULT_TRAITS,
    keys: "strings and integers",
    values: "copy",
    maxEntries: (words[LIMIT_AT] as number) - (words[FIRST_BLOCK_AT] as number),
    scope: memory.buffer instanceof ArrayBuffer ? "thread" : "process",
  };
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
