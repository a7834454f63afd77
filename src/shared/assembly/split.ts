/**
 * How a slot is split: what belongs to its child is moved there.
 *
 * Invariants
 *
 * 1. The parent is exchanged for itself with a mark that says by which bit it is split. From then on nobody writes to it, or to
 *    what belongs to the child, except to complete the split: its chain stays as it is.
 * 2. The child is exchanged from never written to a chain of copies of the entries that belong to it. From then on they are read
 *    and written there. Only the child links to the heads of the copies, so what is written to the child doesn't free what is
 *    left in the parent's chain.
 * 3. The parent is exchanged for a chain without those entries, and without the mark. The thread that did so frees the heads
 *    that are no longer in the chain; the blocks behind them belong to the copies.
 *
 * - The steps of one split can be done by different threads: any writer that meets the mark does those that are left, and cannot
 *   do one twice, because a child is unwritten only once and the pair of the parent tells whether it is still marked. So a
 *   thread that is terminated between two of them holds up nobody.
 * - Readers read the chain of a marked parent like any other. What they find there that belongs to the child they discard once
 *   the child is written (see `slots.ts`).
 * - A thread has the copies in hand before it marks the parent. To complete a split that another thread began it may borrow from
 *   the reserve.
 */
import { giveChain } from "./block_pool";
import { copyHead } from "./entries";
import { addressOf, BLOCK_MASK, EPOCH_AT, HASH, LEVEL_MASK, linkTo, NEXT, nextOf, SPLIT_SHIFT, SWEEP_AT } from "./layout";
import { addressOfSlot, exchangeSlot, isPair, parentOf } from "./slots";
import { exchangeWord, linkOf, loadPair, loadWord, successorOf, versionOf } from "./words";

/** What `prepare` has made: the chain for the child, and how many copies are in it. */
let moved: u32 = 0;
let movedCopies: u32 = 0;
/** The link that the parent will have, and how many copies its chain begins with. */
let kept: u32 = 0;
let keptCopies: u32 = 0;
/** How many heads of the parent's chain will be in no chain. */
let left: u32 = 0;
/** Whether there was no memory for the copies. */
let isShort: bool = false;

/** Splits off the slots that are due next: at most so many. */
export function sweep(count: u32): void {
  const slots: u32 = 1 << (loadWord(EPOCH_AT) & LEVEL_MASK);
  for (let at: u32 = 0; at < count; at++) {
    const slot = loadWord(SWEEP_AT);
    if (slot >= slots) return;
    if (exchangeWord(SWEEP_AT, slot, slot + 1)) splitOff(slot);
  }
}

/** Completes the split that a slot is marked with; `false` if there is no memory to do so. */
export function complete(parent: u32, pair: u64): bool {
  const bit = linkOf(pair) >> SPLIT_SHIFT;
  if (prepare(parent, pair, bit, true)) finish(parent, pair, bit);
  else if (isShort) return false;
  return true;
}

/** Does nothing if there is no memory for it: what belongs to the slot then stays with its parent. */
function splitOff(child: u32): void {
  const parent = parentOf(child);
  const bit = 31 - clz(child);
  if (versionOf(loadPair(addressOfSlot(parent))) == 0) splitOff(parent);
  while (versionOf(loadPair(addressOfSlot(child))) == 0) {
    const pair = loadPair(addressOfSlot(parent));
    if (versionOf(pair) == 0) return;
    if (linkOf(pair) >> SPLIT_SHIFT != 0) {
      if (!complete(parent, pair)) return;
      continue;
    }
    if (!prepare(parent, pair, bit, false)) {
      if (isShort) return;
      continue;
    }
    const marked = linkOf(pair) | bit << SPLIT_SHIFT;
    if (exchangeSlot(addressOfSlot(parent), pair, marked)) {
      finish(parent, successorOf(pair, marked), bit);
      return;
    }
    giveChain(moved, movedCopies);
    giveChain(kept, keptCopies);
  }
}

/** Copies what has to be copied; `false` if the slot was changed meanwhile, or there is no memory for it. */
function prepare(parent: u32, pair: u64, bit: u32, mayBorrow: bool): bool {
  const parentAt = addressOfSlot(parent);
  const child = parent | 1 << bit;
  const mask: u32 = (1 << (bit + 1)) - 1;
  moved = kept = movedCopies = keptCopies = left = 0;
  isShort = false;
  const first = addressOf(linkOf(pair));

  let lastMoved: u32 = 0;
  for (let head = first; head != 0; head = nextOf(head)) {
    if (!isPair(parentAt, pair)) return false;
    if ((load<u32>(head + HASH) & mask) == child) lastMoved = head;
  }
  if (lastMoved == 0) {
    kept = linkOf(pair) & BLOCK_MASK;
    return isPair(parentAt, pair);
  }

  let movedTail: u32 = 0;
  let keptTail: u32 = 0;
  for (let head = first;; head = nextOf(head)) {
    const copy = isPair(parentAt, pair) ? copyHead(head, mayBorrow) : 0;
    if (copy == 0) return abandon(isPair(parentAt, pair));
    store<u32>(copy + NEXT, 0);
    left++;
    if ((load<u32>(copy + HASH) & mask) == child) {
      if (movedTail == 0) moved = linkTo(copy);
      else store<u32>(movedTail + NEXT, linkTo(copy));
      movedTail = copy;
      movedCopies++;
    } else {
      if (keptTail == 0) kept = linkTo(copy);
      else store<u32>(keptTail + NEXT, linkTo(copy));
      keptTail = copy;
      keptCopies++;
    }
    if (head == lastMoved) break;
  }
  const rest = linkTo(nextOf(lastMoved));
  if (keptTail == 0) kept = rest;
  else store<u32>(keptTail + NEXT, rest);
  return isPair(parentAt, pair) || abandon(false);
}

function abandon(short: bool): bool {
  isShort = short;
  giveChain(moved, movedCopies);
  giveChain(kept, keptCopies);
  return false;
}

function finish(parent: u32, marked: u64, bit: u32): void {
  if (!exchangeSlot(addressOfSlot(parent | 1 << bit), 0, moved)) giveChain(moved, movedCopies);
  if (exchangeSlot(addressOfSlot(parent), marked, kept)) giveChain(linkOf(marked), left);
  else giveChain(kept, keptCopies);
}
