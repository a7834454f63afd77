/**
 * What a map does to a key.
 *
 * Invariants
 *
 * - A key is looked for by its hash. `find` and `findNext` yield the entries with that hash; the caller compares the keys.
 * - A write is: open the key's slot, find the key's entry, exchange the slot for a chain with the entry in hand instead of that one.
 *   It takes effect with the exchange, or the caller begins anew.
 * - There is an entry in hand only from `reserve` to `put`, and there are blocks in hand only within a call.
 */
import { collect, collectForGood, giveChain, settle } from "./block_pool";
import { CHANGED, DONE, FULL, prune as pruneSlots, relink } from "./chain";
import { blocksFor, blocksOf, free, newEntry, NUMBER_HEADER } from "./entries";
import {
  addressOf,
  COUNT_AT,
  EPOCH_AT,
  GENERATION,
  HASH,
  KEY,
  LEVEL_BITS,
  LEVEL_MASK,
  MAX_LEVEL_AT,
  nextOf,
  PAYLOAD,
  SPLIT_SHIFT,
  SWEEP_AT,
} from "./layout";
import { absorb, endHash, hashOfShort, startHash } from "./sip_hash";
import {
  addressOfSlot,
  generationNow,
  isBeingWatched,
  isCurrent,
  isStale,
  isUnchanged,
  levelNow,
  open,
  openedSlot,
  openSlot,
  raiseGeneration,
  raiseLevel,
  renewEpoch,
  slotPair,
} from "./slots";
import { complete, sweep } from "./split";
import { linkOf, loadPair, loadWord, versionOf } from "./words";
import { begin, end } from "./writes";

export { countSlot, entryFrom, firstEntry, nextEntry } from "./iteration";
export { isCurrent, isUnchanged, openedSlot, openedVersion, openSlot, watch } from "./slots";

/** So many slots are split off by each write while any are due. */
const SPLITS: u32 = 4;

/** The headers of an entry whose key and value are numbers. */
const NUMBER_TO_NUMBER: u64 = <u64> NUMBER_HEADER << 32 | <u64> NUMBER_HEADER;

let hand: u32 = 0;
/** The hash of the key that is looked for. */
let hash: u32 = 0;
/** The entry that was last found, or 0. */
let found: u32 = 0;

/** Does what `startKey`, `absorbKey` and `find` do, for a key of up to 4 words, of which at least one counts. */
export function findShort(header: u32, count: u32, a: u32, b: u32, c: u32, d: u32): u32 {
  hash = hashOfShort(header, count, a, b, c, d);
  return findFirst();
}

/** Begins to hash a key, with its header and its first word. */
export function startKey(header: u32, first: u32): void {
  startHash();
  absorb(header, first);
}

/** Hashes the next two words of the key. */
export function absorbKey(low: u32, high: u32): void {
  absorb(low, high);
}

/**
 * The first entry with the hash of the key, to be read and then checked by `isCurrent`; 0 if there is none. One word of the key
 * may be left to be hashed; its header and words have so many bytes.
 */
export function find(rest: u32, bytes: u32): u32 {
  hash = endHash(rest, bytes);
  return findFirst();
}

/** The next entry with that hash; 0 if there is none. It begins anew if the slot was changed. */
export function findNext(): u32 {
  const next = nextOf(found);
  found = isUnchanged() ? searchFrom(next) : 0;
  return found != 0 || isCurrent() ? found : findFirst();
}

/** An entry in hand, for so many bytes of key and value, in place of the one found; 0 if there is no memory for it. */
export function reserve(bytes: u32): u32 {
  begin();
  // A full stack may have ended the last operation by an exception.
  if (hand != 0) free(hand);
  hand = 0;
  const blocks = blocksFor(bytes);
  const isNoLarger = found != 0 && blocks <= blocksOf(found);
  if (isNoLarger ? collect(blocks, true) : collectForGood(blocks)) hand = newEntry(blocks);
  settle();
  if (hand == 0) end();
  return hand;
}

/** Whether what was read of a slot is still right: the slot was not written to, and the map was not cleared. */
export function isStill(slot: u32, version: u32, generation: u32): bool {
  return versionOf(loadPair(addressOfSlot(slot))) == version && loadWord(EPOCH_AT) >> LEVEL_BITS == generation;
}

/**
 * Whether the slot that was opened is being split. What belongs to the child can then be written there while the parent stays the
 * same, so that `isStill` would not notice.
 */
export function isBeingSplit(): bool {
  return linkOf(slotPair) >> SPLIT_SHIFT != 0;
}

/** The value of a number if it is a number too; else NaN. */
export function numberOf(key: f64): f64 {
  const words = reinterpret<u64>(key);
  startHash();
  absorb(NUMBER_HEADER, <u32> words);
  const hash = endHash(<u32> (words >> 32), 12);
  while (true) {
    open(hash);
    const head = searchNumber(key);
    const value = head == 0 ? NaN : load<f64>(head + PAYLOAD + 8);
    if (isCurrent()) return value;
  }
}

/** Puts the entry in hand into the map in place of the one found, unless something else was written since. */
export function put(): i32 {
  store<u32>(hand + HASH, hash);
  const became = write(found, hand);
  if (hand != 0) free(hand);
  hand = 0;
  settle();
  end();
  return became;
}

/** Takes the entry found out of the map, unless something else was written since. */
export function remove(): i32 {
  begin();
  const became = write(found, 0);
  settle();
  end();
  return became;
}

/** Frees what earlier generations left, and tells whether it freed something. */
export function prune(): bool {
  begin();
  const hasFreed = pruneSlots();
  end();
  return hasFreed;
}

/** Removes every entry in one step, and then frees their memory. */
export function clear(): void {
  raiseGeneration();
  prune();
}

/** Begins a write, for `giveBack`. */
export function beginWrite(): void {
  begin();
}

/** Ends it. */
export function endWrite(): void {
  end();
}

/** Frees blocks that a thread has lost: so many, each linked to by the one before. */
export function giveBack(link: u32, count: u32): void {
  giveChain(link, count);
  settle();
}

/** How many slots there are, as a power of two. */
export function level(): u32 {
  return renewEpoch() & LEVEL_MASK;
}

/** The generation as it was when it was last looked at. */
export function generation(): u32 {
  return generationNow();
}

function findFirst(): u32 {
  do {
    open(hash);
    found = searchFrom(addressOf(linkOf(slotPair)));
  } while (found == 0 && !isCurrent());
  return found;
}

/** The first entry, from this one on, of the open slot that has the hash of the key. */
function searchFrom(first: u32): u32 {
  const generation = generationNow();
  let head = first;
  while (head != 0) {
    if (load<u32>(head + HASH) == hash && load<u32>(head + GENERATION) == generation) return head;
    head = nextOf(head);
    if (head != 0 && !isUnchanged()) return 0;
  }
  return 0;
}

/** The entry of the open slot with this key and a number for its value. */
// @ts-ignore: decorator
@inline
function searchNumber(key: f64): u32 {
  let head = addressOf(linkOf(slotPair));
  while (head != 0) {
    if (load<f64>(head + PAYLOAD) == key && load<u64>(head + KEY) == NUMBER_TO_NUMBER && !isStale(head)) return head;
    head = nextOf(head);
    if (head != 0 && !isUnchanged()) return 0;
  }
  return 0;
}

/** Writes an entry in place of another. Both can be 0. */
function write(gone: u32, fresh: u32): i32 {
  if (isBeingSplit()) return complete(openedSlot(), slotPair) ? CHANGED : FULL;
  const held = hand;
  // If the stack is full, this ends by an exception: what may be in the map by then must not be in hand.
  hand = 0;
  const became = relink(gone, fresh);
  if (became == DONE && !isBeingWatched()) grow();
  if (became != DONE) hand = held;
  return became;
}

/** Splits a few of the slots that are due. When none are left, and there is an entry to two slots, it doubles their number. */
function grow(): void {
  sweep(SPLITS);
  const level = levelNow();
  if (<i32> loadWord(COUNT_AT) <= 1 << level >> 1 || loadWord(SWEEP_AT) < <u32> (1 << level)) return;
  if (level < load<u32>(MAX_LEVEL_AT)) raiseLevel();
}
