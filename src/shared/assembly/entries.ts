/**
 * Entries: a head block and, where key and value don't fit into it, further blocks.
 *
 * Invariants
 *
 * - All words of an entry are written by the thread that has its blocks in hand, before the exchange of a slot that makes the
 *   entry reachable. From then on no word of it is written until an exchange has unlinked it: an entry is never changed, only
 *   replaced. The thread whose exchange unlinked it then has its blocks in hand.
 * - A head can be copied, since what comes after it in its chain is written in it. Copy and original have the same further blocks;
 *   whoever unlinks the original for the copy frees the head alone.
 * - What is read here is worth nothing until the slot that led to it was found to be unchanged afterwards. Until then any word but
 *   a first one can be anything: so a link to the rest of an entry is followed only after the slot was found unchanged.
 */
import { give, take } from "./block_pool";
import {
  addressOf,
  BLOCK_BYTES,
  KEY,
  linkTo,
  NEXT,
  nextOf,
  PAYLOAD,
  REST,
  SEED_AT,
} from "./layout";
import { isUnchanged } from "./slots";

/**
 * What a header says the words behind it are, in its lowest 3 bits. The next one tells whether a codec made them, and the others the
 * length: of a string in UTF-16 units.
 */
const KIND_MASK: u32 = 7;
const KIND_BITS: u32 = 4;
const CONSTANT: u32 = 0;
const NUMBER: u32 = 1;
const UTF16: u32 = 3;

export const NUMBER_HEADER: u32 = NUMBER;

const HEAD_BYTES: u32 = BLOCK_BYTES - PAYLOAD;
const MORE_BYTES: u32 = BLOCK_BYTES - 4;

/** How many bytes there are behind a header, whole words of 4. */
export function bytesOf(header: u32): u32 {
  const kind = header & KIND_MASK;
  if (kind == CONSTANT) return 0;
  if (kind == NUMBER) return 8;
  const length = header >> KIND_BITS;
  return ((kind == UTF16 ? length << 1 : length) + 3) & ~3;
}

/** Gives an entry in hand the blocks for so many bytes of key and value, neither more nor less; `false` if there are none. */
export function fit(head: u32, bytes: u32, fromReserve: bool): bool {
  let left: i32 = bytes - HEAD_BYTES;
  let at = head + REST;
  for (; left > 0; left -= MORE_BYTES) {
    let block = addressOf(load<u32>(at));
    if (block == 0) {
      block = take(fromReserve);
      if (block == 0) return false;
      store<u32>(block + NEXT, 0);
      store<u32>(at, linkTo(block));
    }
    at = block + NEXT;
  }
  const surplus = addressOf(load<u32>(at));
  store<u32>(at, 0);
  freeChain(surplus);
  return true;
}

/** An entry in hand of one block; 0 if there is none. */
export function newHead(fromReserve: bool): u32 {
  const head = take(fromReserve);
  if (head != 0) store<u32>(head + REST, 0);
  return head;
}

/** Frees an entry that is in this thread's hands. */
export function free(head: u32): void {
  freeChain(addressOf(load<u32>(head + REST)));
  give(head);
}

function freeChain(first: u32): void {
  for (let block = first; block != 0;) {
    const next = nextOf(block);
    give(block);
    block = next;
  }
}

/** A copy of a head; 0 if there is no room for it. */
export function copyHead(head: u32, fromReserve: bool): u32 {
  const copy = take(fromReserve);
  if (copy != 0) memory.copy(copy + 4, head + 4, BLOCK_BYTES - 4);
  return copy;
}

/** Whether an entry has the key of one in hand. */
export function hasKeyOf(head: u32, hand: u32): bool {
  const header = load<u32>(hand + KEY);
  if (load<u32>(head + KEY) != header) return false;
  let left = bytesOf(header);
  let at: u32 = PAYLOAD;
  let mine = hand;
  let other = head;
  while (true) {
    const end = min(BLOCK_BYTES, at + left);
    left -= end - at;
    for (; at + 8 <= end; at += 8) {
      if (load<u64>(other + at) != load<u64>(mine + at)) return false;
    }
    if (at < end && load<u32>(other + at) != load<u32>(mine + at)) return false;
    if (left == 0) return true;
    const rest = load<u32>(other + (other == head ? REST : NEXT));
    if (!isUnchanged()) return false;
    other = addressOf(rest);
    mine = addressOf(load<u32>(mine + (mine == hand ? REST : NEXT)));
    at = 4;
  }
}

/** The hash of the key of an entry in hand: 32 bits. */
export function hashOf(hand: u32): u32 {
  const header = load<u32>(hand + KEY);
  let left = bytesOf(header);
  let hash: u64 = <u64> load<u32>(SEED_AT) << 32 | <u64> header;
  let at: u32 = PAYLOAD;
  let block = hand;
  while (true) {
    const end = min(BLOCK_BYTES, at + left);
    left -= end - at;
    for (; at + 8 <= end; at += 8) hash = mixed(hash ^ load<u64>(block + at));
    if (at < end) hash = mixed(hash ^ <u64> load<u32>(block + at));
    if (left == 0) return <u32> (mixed(hash) >> 32);
    block = addressOf(load<u32>(block + (block == hand ? REST : NEXT)));
    at = 4;
  }
}

/** The hash of a number for a key. */
// @ts-ignore: decorator
@inline
export function hashOfNumber(key: f64): u32 {
  const seed: u64 = <u64> load<u32>(SEED_AT) << 32 | <u64> NUMBER_HEADER;
  return <u32> (mixed(mixed(seed ^ reinterpret<u64>(key))) >> 32);
}

/** A step of the finalizer of MurmurHash3 for 64 bits. */
// @ts-ignore: decorator
@inline
function mixed(hash: u64): u64 {
  const product = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  return product ^ product >> 33;
}
