/**
 * How a slot's chain is written.
 *
 * Invariants
 *
 * - A chain is never changed: what comes before the entry that goes is copied, what comes after it is in both chains. Entries of
 *   an earlier generation go at the same time.
 * - What the exchange unlinked belongs to the thread that did it, which frees it.
 */
import { give, giveChain, settle } from "./block_pool";
import { copyHead, free } from "./entries";
import { addressOf, BLOCK_MASK, COUNT_AT, GENERATION, LEVEL_BITS, linkTo, NEXT, nextOf, SPLIT_SHIFT, SWEPT_AT } from "./layout";
import {
  exchangeOpened,
  generationNow,
  isCurrent,
  isStale,
  isUnchanged,
  levelNow,
  openedSlot,
  openSlot,
  renewEpoch,
  slotPair,
} from "./slots";
import { complete } from "./split";
import { addToWord, linkOf, loadWord, storeWord } from "./words";

/** The outcome of a write: something else was written meanwhile, it took effect, or there is no memory for it until `prune`. */
export const CHANGED: i32 = 0;
export const DONE: i32 = 1;
export const FULL: i32 = 2;

/** Exchanges the open slot for a chain with `fresh`, and without `gone` and what is stale before it. Both can be 0. */
export function relink(gone: u32, fresh: u32): i32 {
  const first = addressOf(linkOf(slotPair));
  let last: u32 = 0;
  for (let head = first; head != 0; head = nextOf(head)) {
    if (!isUnchanged()) return CHANGED;
    if (head == gone || isStale(head)) last = head;
    if (head == gone) break;
  }

  let link = linkOf(slotPair) & BLOCK_MASK;
  let copies: u32 = 0;
  if (last != 0) {
    let tail: u32 = 0;
    for (let head = first; head != last; head = nextOf(head)) {
      if (!isUnchanged()) return abandon(link, copies, CHANGED);
      if (isStale(head)) continue;
      const copy = copyHead(head, true);
      if (copy == 0) return abandon(link, copies, FULL);
      if (tail == 0) link = linkTo(copy);
      else store<u32>(tail + NEXT, linkTo(copy));
      store<u32>(copy + NEXT, 0);
      tail = copy;
      copies++;
    }
    const rest = linkTo(nextOf(last));
    if (tail == 0) link = rest;
    else store<u32>(tail + NEXT, rest);
  }

  let head = link;
  if (fresh != 0) {
    store<u32>(fresh + NEXT, link);
    store<u32>(fresh + GENERATION, generationNow());
    head = linkTo(fresh);
  }
  if (!isCurrent() || !exchangeOpened(head)) return abandon(link, copies, CHANGED);

  let delta = fresh == 0 ? 0 : 1;
  if (last != 0) {
    for (let head = first, isLast = false; !isLast;) {
      const next = nextOf(head);
      isLast = head == last;
      if (head == gone || isStale(head)) {
        free(head);
        delta--;
      } else give(head);
      head = next;
    }
  }
  if (delta != 0) addToWord(COUNT_AT, delta);
  return DONE;
}

function abandon(link: u32, copies: u32, became: i32): i32 {
  giveChain(link, copies);
  return became;
}

/** Frees what earlier generations left, unless that was done already. Tells whether it freed something. */
export function prune(): bool {
  const generation = renewEpoch() >> LEVEL_BITS;
  if (loadWord(SWEPT_AT) == generation) return false;
  for (let slot: u32 = 0; slot < <u32> (1 << levelNow()); slot++) {
    while (true) {
      openSlot(slot);
      if (linkOf(slotPair) >> SPLIT_SHIFT != 0) {
        if (!complete(openedSlot(), slotPair)) return false;
        continue;
      }
      let hasStale = false;
      for (let head = addressOf(linkOf(slotPair)); head != 0 && isUnchanged(); head = nextOf(head)) {
        hasStale = hasStale || isStale(head);
      }
      if (!isCurrent()) continue;
      if (!hasStale) break;
      const became = relink(0, 0);
      settle();
      if (became == DONE) break;
      if (became == FULL) return false;
    }
  }
  storeWord(SWEPT_AT, generation);
  return true;
}
