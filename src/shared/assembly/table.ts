/**
 * What a map does to a key. The key, and the value if one is to be written, are those of the entry in hand.
 *
 * Invariants
 *
 * - A write is: open the key's slot, find the key's entry, exchange the slot for a chain with the entry in hand instead of that one.
 *   It takes effect with the exchange, or it begins anew.
 */
import { giveBackAll, stock } from "./block_pool";
import { CHANGED, DONE, FULL, prune, relink } from "./chain";
import { fit, free, hashOf, hashOfNumber, hasKeyOf, newHead, NUMBER_HEADER } from "./entries";
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
import { linkOf, loadPair, loadWord, own, versionOf } from "./words";

export { prune } from "./chain";
export { countSlot, entryFrom, firstEntry, nextEntry } from "./iteration";
export { isCurrent, isUnchanged, openedSlot, openedVersion, openSlot, watch } from "./slots";

/** So many slots are split off by each write while there are any to be. */
const SPLITS: u32 = 4;

/** The headers of an entry of a number and a number. */
const NUMBER_TO_NUMBER: u64 = <u64> NUMBER_HEADER << 32 | <u64> NUMBER_HEADER;

let hand: u32 = 0;
/** The hash of the key in hand, as of the last `find`. */
let hash: u32 = 0;
/** The entry that was last found, or 0. */
let found: u32 = 0;

/**
 * An entry in hand for so many bytes of key and value: where its head is, or 0 if there is no memory. What only looks for its key
 * may take from the reserve.
 */
export function reserve(bytes: u32, fromReserve: bool): u32 {
  if (hand == 0) hand = newHead(fromReserve);
  if (hand == 0) return 0;
  own(hand);
  if (fit(hand, bytes, fromReserve) && (fromReserve || stock())) return hand;
  free(hand);
  hand = 0;
  return 0;
}

/** Gives back all memory that this thread has in hand. */
export function release(): void {
  if (hand != 0) free(hand);
  hand = 0;
  giveBackAll();
}

/** Where the entry of the key in hand is, to be read and then asked `isCurrent`; 0 if there is none. */
export function find(): u32 {
  hash = hashOf(hand);
  do {
    open(hash);
    found = search();
  } while (found == 0 && !isCurrent());
  return found;
}

/** Whether what was read of a slot still holds: it has not been written to, and no clearing came between. */
export function isStill(slot: u32, version: u32, generation: u32): bool {
  return versionOf(loadPair(addressOfSlot(slot))) == version && loadWord(EPOCH_AT) >> LEVEL_BITS == generation;
}

/**
 * Whether the slot that was opened is being split. What belongs to the child can then be written there while the parent is still the
 * same, so that `isStill` would not tell.
 */
export function isBeingSplit(): bool {
  return linkOf(slotPair) >> SPLIT_SHIFT != 0;
}

/** Whether there is an entry of the key in hand. */
export function has(): bool {
  do find(); while (!isCurrent());
  return found != 0;
}

/** The number that a number has; NaN if that is another value, or there is none. */
export function numberOf(key: f64): f64 {
  const hash = hashOfNumber(key);
  while (true) {
    open(hash);
    const head = searchNumber(key);
    const value = head == 0 ? NaN : load<f64>(head + PAYLOAD + 8);
    if (isCurrent()) return value;
  }
}

/** Puts the entry in hand into the map in place of the one found, if nothing else was written since. */
export function put(): i32 {
  return write(found, hand);
}

/** Takes the entry found out of the map, if nothing else was written since. */
export function remove(): i32 {
  return write(found, 0);
}

/** Puts the entry in hand into the map. */
export function set(): i32 {
  let became: i32;
  do {
    find();
    became = write(found, hand);
  } while (became == CHANGED);
  return became;
}

/** Removes every entry, at one moment, and then frees their memory. */
export function clear(): void {
  raiseGeneration();
  prune();
}

/** How many slots there are, as a power of two. */
export function level(): u32 {
  return renewEpoch() & LEVEL_MASK;
}

/** The generation as it was when it was last looked at. */
export function generation(): u32 {
  return generationNow();
}

/** Looks for the key in hand in the slot that is open. */
function search(): u32 {
  const generation = generationNow();
  let head = addressOf(linkOf(slotPair));
  while (head != 0) {
    if (load<u32>(head + HASH) == hash && load<u32>(head + GENERATION) == generation && hasKeyOf(head, hand)) return head;
    head = nextOf(head);
    if (head != 0 && !isUnchanged()) return 0;
  }
  return 0;
}

/** Looks for an entry with this key, and a number for its value, in the slot that is open. */
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

/** Writes an entry, or none, in place of another one, or none. */
function write(gone: u32, fresh: u32): i32 {
  if (isBeingSplit()) return complete(openedSlot(), slotPair) ? CHANGED : FULL;
  const held = hand;
  if (fresh != 0) {
    store<u32>(fresh + HASH, hash);
    // If the stack is full, this ends by an exception: what may be in the map by then must not be in hand.
    hand = 0;
  }
  const became = relink(gone, fresh);
  if (became != DONE) {
    hand = held;
    return became;
  }
  if (!isBeingWatched()) grow();
  return DONE;
}

/** Splits slots that are due by the way, and when all are, and there is an entry to two slots, sees to it that there are more. */
function grow(): void {
  sweep(SPLITS);
  const level = levelNow();
  if (<i32> loadWord(COUNT_AT) <= 1 << level >> 1 || loadWord(SWEEP_AT) < <u32> (1 << level)) return;
  if (level < load<u32>(MAX_LEVEL_AT)) raiseLevel();
}
