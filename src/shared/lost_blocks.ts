/**
 * The blocks that threads held which have ended within a write.
 *
 * Invariants
 *
 * - A block that is neither in a list of free ones nor part of what a slot links to is in the hands of a thread that is within a
 *   write, or lost. If no thread was within a write while all lists and slots were read, it is lost. Then nobody will write to it
 *   again, whatever is written to the map from now on.
 * - A thread that was only stopped for a while goes on to write to its blocks. So nothing is freed while a thread is within a
 *   write and may be alive.
 * - Of several threads that found the same blocks, the one whose exchange of `RECLAIMED_AT` succeeds frees them. It is within a
 *   write from before that until they are free, so that they are found again if it ends in between.
 */
import {
  BLOCK_MASK,
  BLOCK_WORDS,
  DEATHS_AT,
  EPOCH_AT,
  FIRST_BLOCK_AT,
  HASH,
  LARGEST_AT,
  LEVEL_MASK,
  LIMIT_AT,
  LIST_WORDS,
  LISTS,
  LISTS_AT,
  NEXT,
  OWED_AT,
  RECLAIMED_AT,
  RESERVE_AT,
  RESERVED_AT,
  REST,
  SLOTS_AT,
  SPLIT_SHIFT,
  TOP_AT,
} from "./layout.ts";
import type { TableExports } from "./table_exports.ts";
import { writesAtRest } from "./thread_record.ts";

/** So many slots are read before it is checked that the map is still at rest. */
const SLOTS_AT_ONCE = 1024;

/** Frees the blocks that were lost, if the map is at rest, and tells whether there were any. */
export function freeLost(words: Int32Array, exports: TableExports): boolean {
  const reclaimed = Atomics.load(words, RECLAIMED_AT);
  const before = writesAtRest(words);
  const deaths = Atomics.load(words, DEATHS_AT);
  if (before === undefined || deaths === reclaimed) return false;
  const isAtRest = () => {
    const now = writesAtRest(words);
    return now !== undefined && before.every((writes, number) => writes === now[number]);
  };
  const lost = lostBlocks(words, isAtRest);
  const lack = lackOfReserve(words);
  if (!isAtRest()) return false;

  exports.beginWrite();
  const isFirst = Atomics.compareExchange(words, RECLAIMED_AT, reclaimed, deaths) === reclaimed;
  if (isFirst) {
    for (const [at, block] of lost.entries()) words[block * BLOCK_WORDS + NEXT] = lost[at + 1] ?? 0;
    // A thread that has ended while it borrowed from the reserve has counted wrong.
    Atomics.add(words, OWED_AT, lack);
    exports.giveBack(lost[0] ?? 0, lost.length);
  }
  exports.endWrite();
  return isFirst && lost.length > 0;
}

/** The blocks that were handed out, and are neither free nor part of an entry. */
function lostBlocks(words: Int32Array, isAtRest: () => boolean): number[] {
  const firstBlock = wordAt(words, FIRST_BLOCK_AT);
  const isUsed = new Uint8Array(wordAt(words, TOP_AT) - firstBlock);
  const use = (block: number) => isUsed[block - firstBlock] = 1;
  for (let list = 0; list < LISTS; list++) visit(words, wordAt(words, LISTS_AT + list * LIST_WORDS), use);
  visit(words, wordAt(words, RESERVED_AT), use);
  const slots = 2 ** (wordAt(words, EPOCH_AT) & LEVEL_MASK);
  for (let slot = 0; slot < slots; slot++) {
    if (slot % SLOTS_AT_ONCE === 0 && !isAtRest()) return [];
    const link = wordAt(words, SLOTS_AT + 2 * slot);
    if (link === 0) continue;
    const bit = link >>> SPLIT_SHIFT;
    const child = slot | 1 << bit;
    const isChildWritten = bit !== 0 && wordAt(words, SLOTS_AT + 2 * child + 1) !== 0;
    visit(words, link & BLOCK_MASK, (head) => {
      use(head);
      // If the child has a copy of this head, what is behind it belongs to the child.
      if (isChildWritten && (wordAt(words, head * BLOCK_WORDS + HASH) & 2 ** (bit + 1) - 1) === child) return;
      visit(words, wordAt(words, head * BLOCK_WORDS + REST), use);
    });
  }
  const lost: number[] = [];
  for (let at = 0; at < isUsed.length; at++) if (isUsed[at] === 0) lost.push(firstBlock + at);
  return lost;
}

/** Visits the blocks of a chain. If the map is not at rest, the links can lead anywhere in it, but the visit ends. */
function visit(words: Int32Array, first: number, act: (block: number) => void): void {
  const most = wordAt(words, LIMIT_AT);
  for (let block = first, count = 0; block !== 0 && count < most; count++) {
    act(block);
    block = wordAt(words, block * BLOCK_WORDS + NEXT);
  }
}

/** How many blocks the reserve lacks, in addition to those that were counted. */
function lackOfReserve(words: Int32Array): number {
  const reserve = wordAt(words, RESERVE_AT);
  const limit = wordAt(words, LIMIT_AT);
  const wanted = reserve + wordAt(words, LARGEST_AT) - (reserve >> 1);
  const unused = limit - Math.max(wordAt(words, TOP_AT), limit - reserve);
  let listed = 0;
  visit(words, wordAt(words, RESERVED_AT), () => listed++);
  return wanted - unused - listed - wordAt(words, OWED_AT);
}

function wordAt(words: Int32Array, at: number): number {
  return words[at] as number;
}
