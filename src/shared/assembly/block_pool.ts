/**
 * Which blocks are free.
 *
 * Invariants
 *
 * - A block is in one place: in a chain that a slot links to, in a list of free ones, above `TOP_AT`, or in the hands of one
 *   thread, which alone writes to it. It comes into a thread's hands by the thread's own compare-and-exchange: of a list's head,
 *   of `TOP_AT`, or of the slot that linked to it. There is no other way, so no block has two owners.
 * - A list is linked by the first word of each block. The owner writes that word before it exchanges the head for the block. A
 *   thread that takes from a list may follow words that others have overwritten meanwhile; but then the head's version has
 *   changed, and the exchange fails.
 * - The first word of a block, once it was handed out, is always a link to a block that was handed out, or 0. So a thread that
 *   follows links which others have overwritten stays inside the memory.
 * - Readers of the map may still read a block that is free, or used again. They find out by the version of the slot that led
 *   them there, which was changed before the block was given to anyone (see `slots.ts`).
 * - A thread has blocks in hand only within an operation: `settle` ends each one that took or freed some. So a thread that ends,
 *   however it does, holds nothing; what one had in hand that is terminated within a write is found by `src/shared/lost_blocks.ts`.
 * - There are several lists so that threads seldom exchange the same head. Each thread prefers one, and takes from the others
 *   before it takes blocks that were never used.
 *
 * The reserve
 *
 * - What takes memory for good, an entry that is new or larger than before, takes none of the reserve, and is refused unless the
 *   reserve lacks nothing afterwards.
 * - What replaces an entry by one that is not larger, deletes, or completes a split frees at least as many blocks as it takes. It
 *   may borrow from the reserve, and whatever is freed goes there while the reserve lacks some. So a full map can be written to
 *   and deleted from for ever.
 * - An entry that is larger than any before (`LARGEST_AT`) enlarges the reserve first, so that it can be replaced.
 */
import {
  addressOf,
  LARGEST_AT,
  LIMIT_AT,
  linkTo,
  LIST_SHIFT,
  LISTS,
  LISTS_AT,
  NEXT,
  nextOf,
  OWED_AT,
  RESERVE_AT,
  RESERVED_AT,
  TOP_AT,
} from "./layout";
import { addToWord, exchangePair, exchangeWord, linkOf, loadPair, loadWord, preferredList } from "./words";

/** So many are taken at once from other lists, and of those never used. */
const BATCH: u32 = 16;
/** A thread that frees more than this at once gives them back in between. */
const MAX_IN_HAND: u32 = 64;

let spare: u32 = 0;
let spares: u32 = 0;

/** Sees to it that so many blocks are in hand; `false` if there aren't as many. */
export function collect(count: u32, mayBorrow: bool): bool {
  while (spares < count) {
    const lacking = count - spares;
    if (takeFrom(LISTS_AT + (preferredList << LIST_SHIFT), lacking) > 0 || takeFromOthers()) continue;
    if (takeUnused(max(lacking, BATCH), load<u32>(LIMIT_AT) - load<u32>(RESERVE_AT)) > 0) continue;
    if (!mayBorrow || borrow(lacking) == 0) return false;
  }
  return true;
}

/** Does the same for an entry that is new or larger than before. */
export function collectForGood(count: u32): bool {
  while (true) {
    const largest = loadWord(LARGEST_AT);
    const more = count > largest ? count - largest : 0;
    if (!collect(count + more + <u32> max(<i32> loadWord(OWED_AT), 0), false)) return false;
    if (more == 0) return true;
    if (!exchangeWord(LARGEST_AT, largest, count)) continue;
    addToWord(OWED_AT, more);
    return true;
  }
}

/** One of the blocks in hand, whose words can be anything. */
export function take(): u32 {
  const block = spare;
  spare = nextOf(block);
  spares--;
  return block;
}

/** Takes a block in hand that this thread has unlinked, or has no use for. */
export function give(block: u32): void {
  if (spares >= MAX_IN_HAND) settle();
  hold(block);
}

/** Takes so many blocks in hand, each linked to by the one before. */
export function giveChain(link: u32, count: u32): void {
  let block = addressOf(link);
  for (let at: u32 = 0; at < count; at++) {
    const next = nextOf(block);
    give(block);
    block = next;
  }
}

/** Frees all blocks in hand. */
export function settle(): void {
  if (spares == 0) return;
  const owed = <i32> loadWord(OWED_AT);
  if (owed > 0) {
    const paid = min(<u32> owed, spares);
    push(RESERVED_AT, paid);
    addToWord(OWED_AT, -paid);
  }
  if (spares > 0) push(LISTS_AT + (preferredList << LIST_SHIFT), spares);
}

function hold(block: u32): void {
  store<u32>(block + NEXT, linkTo(spare));
  spare = block;
  spares++;
}

/** Puts so many of the blocks in hand on a list. */
function push(list: u32, count: u32): void {
  const first = spare;
  let last = first;
  for (let at: u32 = 1; at < count; at++) last = nextOf(last);
  spare = nextOf(last);
  spares -= count;
  let head: u64;
  do {
    head = loadPair(list);
    store<u32>(last + NEXT, linkOf(head));
  } while (!exchangePair(list, head, linkTo(first)));
}

/** Takes up to so many blocks off a list, and returns how many. */
function takeFrom(list: u32, count: u32): u32 {
  while (true) {
    const head = loadPair(list);
    const first = addressOf(linkOf(head));
    if (first == 0) return 0;
    let last = first;
    let taken: u32 = 1;
    for (; taken < count; taken++) {
      const next = nextOf(last);
      if (next == 0) break;
      last = next;
    }
    const rest = linkTo(nextOf(last));
    if (!exchangePair(list, head, rest)) continue;
    store<u32>(last + NEXT, linkTo(spare));
    spare = first;
    spares += taken;
    return taken;
  }
}

/** Takes some blocks off the lists that other threads prefer, and tells whether there were any. */
function takeFromOthers(): bool {
  for (let other: u32 = 1; other < LISTS; other++) {
    const list = (preferredList + other) & (LISTS - 1);
    if (takeFrom(LISTS_AT + (list << LIST_SHIFT), BATCH) > 0) return true;
  }
  return false;
}

/** Takes up to so many blocks below a limit that were never used, and returns how many. */
function takeUnused(count: u32, limit: u32): u32 {
  while (true) {
    const top = loadWord(TOP_AT);
    if (top >= limit) return 0;
    const end = min(top + count, limit);
    if (!exchangeWord(TOP_AT, top, end)) continue;
    for (let link = end - 1; link >= top; link--) hold(addressOf(link));
    return end - top;
  }
}

/** Takes up to so many blocks of the reserve, and returns how many. */
function borrow(count: u32): u32 {
  // A thread that is terminated in between leaves a reserve that is too large rather than one that is too small.
  addToWord(OWED_AT, count);
  const listed = takeFrom(RESERVED_AT, count);
  const taken = listed > 0 ? listed : takeUnused(count, load<u32>(LIMIT_AT));
  addToWord(OWED_AT, taken - count);
  return taken;
}
