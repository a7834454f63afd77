/**
 * The slots: a hash table whose every slot links to a chain of entries, and which grows by splitting slots one by one.
 *
 * Invariants
 *
 * - There are 2^level slots, and the level only rises. A key belongs to the slot that the lowest `level` bits of its hash say. A
 *   slot whose version is 0 was never written: what belongs to it is still with its parent, the slot without its highest bit,
 *   or with the parent's. Once it was written, its version is never 0 again.
 * - A slot is a pair (see `layout.ts`). Every write of the map is one exchange of one slot: from the chain it linked to, which
 *   is never changed, to another, which was written in full before. So a thread that is terminated before its exchange has done
 *   nothing that anyone can see, and after it everything: nobody has to wait for it, and there is nothing to repair.
 * - A reader takes the slot, follows its link, copies what it needs, and only then checks everything that made this the right
 *   slot (`isCurrent`): the slot is unchanged; the child through which it was found is still unwritten; the level and the
 *   generation are the same. Blocks are used again only after an exchange of the slot that led to them, which changes its version.
 *   So what was copied from blocks that were used again is discarded, and what is not discarded was in the map at the moment when
 *   the slot was looked at for the last time: that is when the read takes effect.
 * - A child is written only after its parent's version has changed (see `split.ts`). So if the parent is the same and the child
 *   is unwritten now, then the parent was the right slot when it was looked at; and if a writer has found all this after it
 *   took the slot and its exchange then succeeds, the parent was the right slot until then.
 * - An entry counts only if it is of the map's generation. `clear` takes effect when it adds 1 to that. A writer that took the
 *   generation before and exchanges its slot afterwards took effect just before the clearing: its slot was the same
 *   then, and what it wrote does not count.
 * - A reader starts again only if another write has taken effect meanwhile. It waits for nobody.
 */
import { EPOCH_AT, GENERATION, LEVEL_BITS, LEVEL_MASK, SLOTS_AT, SWEEP_AT } from "./layout";
import { exchangePair, exchangeWord, loadPair, loadWord, orderLoads, versionOf } from "./words";

/** Is called with each slot that this thread exchanged. */
// @ts-ignore: decorator
@external("table", "exchanged")
declare function exchanged(slot: u32): void;

/** The slot that holds what belongs to the hash last opened, as it was. */
export let slotPair: u64 = 0;
let slotAt: u32 = 0;
/** The unwritten child of that slot through which it was found; 0 if it was found at once. */
let child: u32 = 0;
/** Level and generation, as they were when they were last looked at. */
let epoch: u32 = 0;
/** Whether `exchanged` is called. */
let isWatched: bool = false;

// @ts-ignore: decorator
@inline
export function addressOfSlot(slot: u32): u32 {
  return SLOTS_AT + (slot << 3);
}

/** A slot without its highest bit. */
// @ts-ignore: decorator
@inline
export function parentOf(slot: u32): u32 {
  return slot & ~(1 << (31 - clz(slot)));
}

/** Which slot was opened. */
export function openedSlot(): u32 {
  return (slotAt - SLOTS_AT) >> 3;
}

/** Entries of other generations don't count. */
// @ts-ignore: decorator
@inline
export function generationNow(): u32 {
  return epoch >> LEVEL_BITS;
}

/** Whether an entry is of another generation. */
export function isStale(head: u32): bool {
  return load<u32>(head + GENERATION) != generationNow();
}

// @ts-ignore: decorator
@inline
export function levelNow(): u32 {
  return epoch & LEVEL_MASK;
}

/** Looks at level and generation again. */
export function renewEpoch(): u32 {
  return epoch = loadWord(EPOCH_AT);
}

/** Finds the slot that a hash belongs to. */
// @ts-ignore: decorator
@inline
export function open(hash: u32): void {
  openSlot(hash & ((1 << levelNow()) - 1));
}

/** Finds the slot with what belongs to this one. */
export function openSlot(slot: u32): void {
  child = 0;
  // A slot that is not due to be split off was never written: not looking at it saves a cache miss.
  if (slot >= loadWord(SWEEP_AT)) {
    child = slot;
    slot = parentOf(slot);
  }
  let at = addressOfSlot(slot);
  let pair = loadPair(at);
  while (versionOf(pair) == 0) {
    child = slot;
    slot = parentOf(slot);
    at = addressOfSlot(slot);
    pair = loadPair(at);
  }
  slotAt = at;
  slotPair = pair;
}

/** Whether everything that was read since `open` is right. If it isn't, the next `open` looks again. */
export function isCurrent(): bool {
  orderLoads();
  if (loadPair(slotAt) != slotPair) return false;
  if (child != 0 && child < loadWord(SWEEP_AT) && versionOf(loadPair(addressOfSlot(child))) != 0) return false;
  const now = loadWord(EPOCH_AT);
  if (now == epoch) return true;
  epoch = now;
  return false;
}

/** Whether the slot that was opened is unchanged: enough to follow its chain further. */
// @ts-ignore: decorator
@inline
export function isUnchanged(): bool {
  return isPair(slotAt, slotPair);
}

/** Whether a pair is still this one. */
// @ts-ignore: decorator
@inline
export function isPair(at: u32, pair: u64): bool {
  orderLoads();
  return loadPair(at) == pair;
}

/** Exchanges the slot that was opened for a chain, if it is unchanged. */
export function exchangeOpened(link: u32): bool {
  return exchangeSlot(slotAt, slotPair, link);
}

/** Exchanges a slot for a chain, if it is still this one. */
export function exchangeSlot(at: u32, pair: u64, link: u32): bool {
  if (!exchangePair(at, pair, link)) return false;
  if (isWatched) exchanged((at - SLOTS_AT) >> 3);
  return true;
}

/** Raises the level by one, unless another thread was quicker. */
export function raiseLevel(): void {
  exchangeWord(EPOCH_AT, epoch, epoch + 1);
}

/** Begins a new generation. */
export function raiseGeneration(): void {
  do renewEpoch(); while (!exchangeWord(EPOCH_AT, epoch, epoch + (1 << LEVEL_BITS)));
  epoch += 1 << LEVEL_BITS;
}

/** Starts or stops calling `exchanged`. */
export function watch(watched: bool): void {
  isWatched = watched;
}

export function isBeingWatched(): bool {
  return isWatched;
}

/** The version of the slot that was opened. */
export function openedVersion(): u32 {
  return versionOf(slotPair);
}
