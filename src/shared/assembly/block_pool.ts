/**
 * Which blocks are free.
 *
 * Invariants
 *
 * - A block is in one place: in a chain that a slot links to, in the list of free ones, above `TOP_AT`, or in the hands of one
 *   thread, which alone writes to it. It comes into a thread's hands by the thread's own compare-and-exchange: of the list's head,
 *   of `TOP_AT`, or of the slot that linked to it. There is no other way, so no block has two owners.
 * - The list is linked by the first word of each block. Its owner writes that before it exchanges the head for the block. Who
 *   takes from the list may follow words that others have overwritten meanwhile; but then the head's version has changed, and the
 *   exchange fails.
 * - The first word of a block, once it was handed out, is always a link to a block that was handed out, or 0. So a thread that
 *   follows links which others have overwritten stays inside the memory.
 * - Readers of the map may still read a block that is free, or used again. They find out by the version of the slot that led
 *   them there, which was changed before the block was given to anyone (see `slots.ts`).
 * - A thread keeps up to `SPARE` blocks in hand, so that a write that replaces a value touches no word that others write. When it
 *   is terminated those are lost, and what it had just taken for the entry it wrote, and what it had just unlinked.
 * - What takes memory, a new entry, is refused unless `STOCK` blocks are left in hand. What gives memory back takes copies of them
 *   for a moment and then has more than before, so a map that is full can be read and deleted from for ever. The reserve is what
 *   a thread that comes to a full map takes its first ones from.
 */
import { addressOf, FREE_AT, LIMIT_AT, linkTo, NEXT, nextOf, RESERVE_AT, TOP_AT } from "./layout";
import { exchangePair, exchangeWord, linkOf, loadPair, loadWord } from "./words";

const SPARE: u32 = 64;
const BATCH: u32 = 16;
/** So many of the blocks in hand are left for what gives memory back. */
const STOCK: u32 = 16;

let spare: u32 = 0;
let spares: u32 = 0;

/** A block, whose words can be anything; 0 if there is none. What gives memory back may take from the reserve. */
export function take(fromReserve: bool): u32 {
  if (spare == 0) refill(fromReserve);
  const block = spare;
  if (block != 0) {
    spare = nextOf(block);
    spares--;
  }
  return block;
}

/** Sees to it that after what takes memory enough is left in hand for what gives memory back; `false` if there isn't. */
export function stock(): bool {
  while (spares < STOCK) {
    const had = spares;
    refill(false);
    if (spares == had) return false;
  }
  return true;
}

/** Frees a block that is in this thread's hands. */
export function give(block: u32): void {
  if (spares >= SPARE) giveBack(SPARE / 2);
  store<u32>(block + NEXT, linkTo(spare));
  spare = block;
  spares++;
}

/** Frees so many blocks, each linked to by the one before, that are in this thread's hands. */
export function giveChain(link: u32, count: u32): void {
  let block = addressOf(link);
  for (let at: u32 = 0; at < count; at++) {
    const next = nextOf(block);
    give(block);
    block = next;
  }
}

/** Puts so many of the blocks in hand on the list. */
function giveBack(count: u32): void {
  const first = spare;
  let last = first;
  for (let at: u32 = 1; at < count; at++) last = nextOf(last);
  spare = nextOf(last);
  spares -= count;
  let head: u64;
  do {
    head = loadPair(FREE_AT);
    store<u32>(last + NEXT, linkOf(head));
  } while (!exchangePair(FREE_AT, head, linkTo(first)));
}

/** Puts all blocks in hand on the list. */
export function giveBackAll(): void {
  if (spares > 0) giveBack(spares);
}

function refill(fromReserve: bool): void {
  if (takeFree()) return;
  const limit = load<u32>(LIMIT_AT) - (fromReserve ? 0 : load<u32>(RESERVE_AT));
  while (true) {
    const top = loadWord(TOP_AT);
    // The last ones may have been freed while the top was looked at.
    if (top >= limit) {
      takeFree();
      return;
    }
    const end = min(top + BATCH, limit);
    if (!exchangeWord(TOP_AT, top, end)) continue;
    for (let link = end - 1; link >= top; link--) give(addressOf(link));
    return;
  }
}

/** Takes some blocks off the list, and tells whether there were any. */
function takeFree(): bool {
  while (true) {
    const head = loadPair(FREE_AT);
    const first = addressOf(linkOf(head));
    if (first == 0) return false;
    let last = first;
    let taken: u32 = 1;
    for (; taken < BATCH; taken++) {
      const next = nextOf(last);
      if (next == 0) break;
      last = next;
    }
    const rest = linkTo(nextOf(last));
    if (!exchangePair(FREE_AT, head, rest)) continue;
    store<u32>(last + NEXT, linkTo(spare));
    spare = first;
    spares += taken;
    return true;
  }
}
