/**
 * Entries: a head block and, where key and value don't fit into it, further blocks.
 *
 * Invariants
 *
 * - All words of an entry are written by the thread that has its blocks in hand, before the exchange of a slot that makes the
 *   entry reachable. From then on no word of it is written until an exchange has unlinked it: an entry is never changed, only
 *   replaced. The thread whose exchange unlinked it then has its blocks in hand.
 * - A head can be copied, since the link to what comes after it in its chain is part of it. Copy and original have the same
 *   further blocks; whoever unlinks the original for the copy frees the head alone.
 * - What is read here is worth nothing until the slot that led to it was found to be unchanged afterwards. Until then any word
 *   but a first one can be anything.
 */
import { collect, give, take } from "./block_pool";
import { addressOf, BLOCK_BYTES, KEY, linkTo, NEXT, nextOf, PAYLOAD, REST, VALUE } from "./layout";

/**
 * What a header says the words behind it are, in its lowest 3 bits. The next bit tells whether a codec made them, and the others
 * the length: of a string in UTF-16 units.
 */
const KIND_MASK: u32 = 7;
const KIND_BITS: u32 = 4;
const CONSTANT: u32 = 0;
const NUMBER: u32 = 1;
const UTF16: u32 = 3;

export const NUMBER_HEADER: u32 = NUMBER;

const HEAD_BYTES: u32 = BLOCK_BYTES - PAYLOAD;
const MORE_BYTES: u32 = BLOCK_BYTES - 4;

/** How many bytes follow a header: whole words of 4. */
function bytesOf(header: u32): u32 {
  const kind = header & KIND_MASK;
  if (kind == CONSTANT) return 0;
  if (kind == NUMBER) return 8;
  const length = header >> KIND_BITS;
  return ((kind == UTF16 ? length << 1 : length) + 3) & ~3;
}

/** How many blocks an entry takes for so many bytes of key and value. */
export function blocksFor(bytes: u32): u32 {
  return bytes <= HEAD_BYTES ? 1 : 1 + (bytes - HEAD_BYTES + MORE_BYTES - 1) / MORE_BYTES;
}

/** How many blocks an entry has. */
export function blocksOf(head: u32): u32 {
  return blocksFor(bytesOf(load<u32>(head + KEY)) + bytesOf(load<u32>(head + VALUE)));
}

/** An entry in hand, made of so many of the blocks in hand. */
export function newEntry(blocks: u32): u32 {
  const head = take();
  let at = head + REST;
  for (let more = blocks - 1; more > 0; more--) {
    const block = take();
    store<u32>(at, linkTo(block));
    at = block + NEXT;
  }
  store<u32>(at, 0);
  return head;
}

/** Frees an entry that is in this thread's hands. */
export function free(head: u32): void {
  for (let block = addressOf(load<u32>(head + REST)); block != 0;) {
    const next = nextOf(block);
    give(block);
    block = next;
  }
  give(head);
}

/** A copy of a head; 0 if there is no memory for it. */
export function copyHead(head: u32, mayBorrow: bool): u32 {
  if (!collect(1, mayBorrow)) return 0;
  const copy = take();
  memory.copy(copy + 4, head + 4, BLOCK_BYTES - 4);
  return copy;
}
