/** What this thread does to slots while a function of the caller runs, of all its tables. */
import { SEED_AT, SEED_WORDS } from "./layout.ts";

/** What a slot was like, and the map's generation. */
export interface Moment {
  readonly slot: number;
  readonly version: number;
  readonly generation: number;
}

/** A slot, what it was like when a function of the caller was called, and what this thread has done to it since. */
export interface Watch extends Moment {
  /** The memory, as the table that watches sees it: no two tables share a view. */
  readonly words: Int32Array;
  /** How many times the table has exchanged the slot. */
  exchanges: number;
  /** How many times the table has cleared the map. */
  clears: number;
  /** Whether this thread has written to the map through another table. */
  hasDetour: boolean;
}

const watches: Watch[] = [];

/** Begins to watch a slot. */
export function addWatch(words: Int32Array, moment: Moment): Watch {
  const watch = { ...moment, words, exchanges: 0, clears: 0, hasDetour: false };
  watches.push(watch);
  return watch;
}

/** Ends it. */
export function removeWatch(watch: Watch): void {
  watches.splice(watches.indexOf(watch), 1);
}

/** Whether a table watches a slot. */
export function isWatching(words: Int32Array): boolean {
  return watches.some((watch) => watch.words === words);
}

/** Counts an exchange of a slot by a table. */
export function countExchange(words: Int32Array, slot: number): void {
  for (const watch of watches) if (watch.words === words && watch.slot === slot) watch.exchanges++;
}

/** Counts a clearing of the map by a table. */
export function countClear(words: Int32Array): void {
  for (const watch of watches) if (watch.words === words) watch.clears++;
}

/** Tells the other tables of the same map that this thread writes to it through this one. */
export function markDetours(words: Int32Array): void {
  for (const watch of watches) {
    if (watch.words !== words && isSameMap(watch.words, words)) watch.hasDetour = true;
  }
}

/** Whether two views are of the memory of one map, even if one came by way of another thread: each map has a seed of its own. */
function isSameMap(one: Int32Array, other: Int32Array): boolean {
  for (let at = SEED_AT; at < SEED_AT + SEED_WORDS; at++) if (one[at] !== other[at]) return false;
  return true;
}
