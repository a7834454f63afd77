/** Words that several threads write: each access is atomic where the memory is shared, and plain where it isn't. */
import { LIST_SHIFT, LISTS_AT, SHARED } from "./layout";

/** Whether threads stop between any two accesses, for tests. The build writes this line. */
export const STOPS: bool = false;

/** Stops this thread for a while. */
// @ts-ignore: decorator
@external("table", "stop")
declare function stop(): void;

/** Whether the processor keeps loads in order, and stores, as x86 does; others may let one overtake an earlier one. */
// @ts-ignore: decorator
@external("table", "keepsLoadsInOrder")
declare const keepsLoadsInOrder: i32;

/** The list of free blocks that this thread prefers. */
// @ts-ignore: decorator
@external("table", "preferredList")
export declare const preferredList: u32;

/** Where in the cache line of a list there is a word that is always 0. */
const ZERO: u32 = 32;

// @ts-ignore: decorator
@inline
export function loadWord(at: u32): u32 {
  if (STOPS) stop();
  return SHARED ? atomic.load<u32>(at) : load<u32>(at);
}

// @ts-ignore: decorator
@inline
export function storeWord(at: u32, word: u32): void {
  if (STOPS) stop();
  if (SHARED) atomic.store<u32>(at, word);
  else store<u32>(at, word);
}

/** Stores a count that this thread alone writes, after everything that it has written before. */
// @ts-ignore: decorator
@inline
export function storeCount(at: u32, count: u64): void {
  if (SHARED && keepsLoadsInOrder == 0) atomic.store<u64>(at, count);
  else store<u64>(at, count);
}

/** Adds to a word and returns what it was. */
// @ts-ignore: decorator
@inline
export function addToWord(at: u32, delta: u32): u32 {
  if (STOPS) stop();
  if (SHARED) return atomic.add<u32>(at, delta);
  const word = load<u32>(at);
  store<u32>(at, word + delta);
  return word;
}

/** Writes a word if it is still the one expected, and tells whether it did. */
// @ts-ignore: decorator
@inline
export function exchangeWord(at: u32, expected: u32, word: u32): bool {
  if (STOPS) stop();
  if (SHARED) return atomic.cmpxchg<u32>(at, expected, word) == expected;
  if (load<u32>(at) != expected) return false;
  store<u32>(at, word);
  return true;
}

// @ts-ignore: decorator
@inline
export function loadPair(at: u32): u64 {
  if (STOPS) stop();
  return SHARED ? atomic.load<u64>(at) : load<u64>(at);
}

// @ts-ignore: decorator
@inline
export function linkOf(pair: u64): u32 {
  return <u32> pair;
}

/** The version of a pair; 0 if it was never written. */
// @ts-ignore: decorator
@inline
export function versionOf(pair: u64): u32 {
  return <u32> (pair >> 32);
}

/** What a pair is after it was exchanged for one with this link. */
// @ts-ignore: decorator
@inline
export function successorOf(pair: u64, link: u32): u64 {
  const version = versionOf(pair) + 1;
  return (<u64> (version == 0 ? 1 : version)) << 32 | <u64> link;
}

/** Exchanges a pair for its successor if it is still the one expected, and tells whether it did. */
// @ts-ignore: decorator
@inline
export function exchangePair(at: u32, expected: u64, link: u32): bool {
  if (STOPS) stop();
  const successor = successorOf(expected, link);
  if (SHARED) return atomic.cmpxchg<u64>(at, expected, successor) == expected;
  if (load<u64>(at) != expected) return false;
  store<u64>(at, successor);
  return true;
}

/** Keeps the processor from doing plain loads before it after an atomic one behind it. */
// @ts-ignore: decorator
@inline
export function orderLoads(): void {
  if (STOPS) stop();
  // An exchange that changes nothing keeps everything in order. The compiler knows no fence.
  if (SHARED && keepsLoadsInOrder == 0) atomic.or<u32>(LISTS_AT + (preferredList << LIST_SHIFT) + ZERO, 0);
}
