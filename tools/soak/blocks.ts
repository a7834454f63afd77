/** Inspects the memory of an idle map block by block. `src/shared/assembly/layout.ts` describes the layout. */
import type { SharedMapHandle } from "@twinmap/twinmap/shared";

const MAX_LEVEL = 6;
const EPOCH = 16;
const TOP = 304;
const SLOTS = 1392;

/** The addresses of the lists of free blocks; the last one is the reserve. */
const LISTS = Array.from({ length: 17 }, (_, at) => 32 + 16 * at);

const BLOCK_WORDS = 16;
const NEXT = 0;
const HASH = 1;
const REST = 3;
const BLOCK_MASK = 2 ** 26 - 1;

/** What the memory of a map holds. */
export interface Blocks {
  /** The number of slots that were ever written. */
  readonly slotsWritten: number;
  /** The number of blocks that are neither part of an entry nor free. */
  readonly lost: number;
}

/** Whether one of the first slots is being split. */
export function isSplitting({ memory }: SharedMapHandle): boolean {
  const words = new Int32Array(memory.buffer, 4 * SLOTS, 2 * 64);
  for (let at = 0; at < words.length; at += 2) if ((words[at] as number) >>> 26 !== 0) return true;
  return false;
}

/**
 * Counts the blocks.
 *
 * @throws {Error} If a block is in two places, or was never handed out.
 */
export function blocksOf({ memory }: SharedMapHandle): Blocks {
  const words = new Int32Array(memory.buffer);
  const word = (at: number) => words[at] as number;
  const firstBlock = Math.ceil((SLOTS + 2 * 2 ** word(MAX_LEVEL)) / BLOCK_WORDS);
  const seen = new Map<number, string>();
  const see = (block: number, where: string) => {
    if (block < firstBlock || block >= word(TOP)) throw new Error(`Block ${block}, ${where}, was never handed out`);
    if (seen.has(block)) throw new Error(`Block ${block} is ${seen.get(block)} and ${where}`);
    seen.set(block, where);
  };
  for (const list of LISTS) {
    for (let block = word(list); block !== 0; block = word(block * BLOCK_WORDS + NEXT)) see(block, "free");
  }
  const slots = 2 ** (word(EPOCH) & 31);
  let slotsWritten = 0;
  for (let slot = 0; slot < slots; slot++) {
    const link = word(SLOTS + 2 * slot);
    if (word(SLOTS + 2 * slot + 1) !== 0) slotsWritten++;
    const bit = link >>> 26;
    const child = slot | 1 << bit;
    const isChildWritten = bit !== 0 && word(SLOTS + 2 * child + 1) !== 0;
    for (let head = link & BLOCK_MASK; head !== 0; head = word(head * BLOCK_WORDS + NEXT)) {
      see(head, `a head in slot ${slot}`);
      // Behind the heads that the child has copied, no entry belongs to this slot.
      const mask = (1 << bit + 1) - 1;
      if (isChildWritten && (word(head * BLOCK_WORDS + HASH) & mask) === child) continue;
      for (let rest = word(head * BLOCK_WORDS + REST); rest !== 0; rest = word(rest * BLOCK_WORDS + NEXT)) {
        see(rest, `behind a head in slot ${slot}`);
      }
    }
  }
  return { slotsWritten, lost: word(TOP) - firstBlock - seen.size };
}
