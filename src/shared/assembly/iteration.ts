/** Iteration over the entries of a slot. What it finds is right if the slot `isCurrent` afterwards. */
import { addressOf, HASH, nextOf } from "./layout";
import { isCurrent, isStale, isUnchanged, levelNow, openSlot, slotPair } from "./slots";
import { linkOf } from "./words";

/** The first entry, from this one on, of the open slot that belongs to `slot` at `level`; 0 if there is none. */
export function entryFrom(head: u32, slot: u32, level: u32): u32 {
  const mask: u32 = (1 << level) - 1;
  for (let at = head; at != 0 && isUnchanged(); at = nextOf(at)) {
    if (!isStale(at) && (load<u32>(at + HASH) & mask) == slot) return at;
  }
  return 0;
}

/** The first entry of the slot that is open. */
export function firstEntry(): u32 {
  return addressOf(linkOf(slotPair));
}

export function nextEntry(head: u32): u32 {
  return nextOf(head);
}

/** How many entries belong to `slot` at `level`, at one moment; -1 if the map has another level now. */
export function countSlot(slot: u32, level: u32): i32 {
  while (levelNow() == level) {
    openSlot(slot);
    let count = 0;
    for (let at = entryFrom(firstEntry(), slot, level); at != 0; at = entryFrom(nextOf(at), slot, level)) count++;
    if (isCurrent()) return count;
  }
  return -1;
}
