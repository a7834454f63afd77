/**
 * The hash of keys: SipHash-1-3, keyed with a secret of each map, so that nobody can choose keys that share a slot.
 * J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
 *
 * The message is a key's header and its words, as bytes, 8 at a time; the last 8 hold a word if one is left, and the length.
 */
import { SEED_AT } from "./layout";

let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

/** Begins a hash. */
// @ts-ignore: decorator
@inline
export function startHash(): void {
  const first = load<u64>(SEED_AT);
  const second = load<u64>(SEED_AT + 8);
  v0 = first ^ 0x736f6d6570736575;
  v1 = second ^ 0x646f72616e646f6d;
  v2 = first ^ 0x6c7967656e657261;
  v3 = second ^ 0x7465646279746573;
}

/** Takes the next 8 bytes of the message. */
// @ts-ignore: decorator
@inline
export function absorb(low: u32, high: u32): void {
  mix(pairOf(low, high), 0, 0, 1, 0);
}

/** The lower half of the hash. `rest` is the last word of the message if there is one left, else 0. */
// @ts-ignore: decorator
@inline
export function endHash(rest: u32, bytes: u32): u32 {
  mix(lastOf(rest, bytes), 0, 0, 1, 3);
  return <u32> (v0 ^ v1 ^ v2 ^ v3);
}

/** The lower half of the hash of a header and up to 4 words, of which at least one counts. */
export function hashOfShort(header: u32, count: u32, a: u32, b: u32, c: u32, d: u32): u32 {
  const bytes = 4 + 4 * count;
  startHash();
  if (count == 4) mix(pairOf(header, a), pairOf(b, c), lastOf(d, bytes), 3, 3);
  else if (count == 3) mix(pairOf(header, a), pairOf(b, c), lastOf(0, bytes), 3, 3);
  else if (count == 2) mix(pairOf(header, a), lastOf(b, bytes), 0, 2, 3);
  else mix(pairOf(header, a), lastOf(0, bytes), 0, 2, 3);
  return <u32> (v0 ^ v1 ^ v2 ^ v3);
}

// @ts-ignore: decorator
@inline
function pairOf(low: u32, high: u32): u64 {
  return <u64> low | <u64> high << 32;
}

// @ts-ignore: decorator
@inline
function lastOf(rest: u32, bytes: u32): u64 {
  return <u64> rest | <u64> bytes << 56;
}

/** Mixes up to three parts of the message into the state, with a round each, and then does the last rounds, if any. */
function mix(first: u64, second: u64, third: u64, parts: u32, lastRounds: u32): void {
  let a = v0;
  let b = v1;
  let c = v2;
  let d = v3;
  let part = first;
  for (let round: u32 = 0; round < parts + lastRounds; round++) {
    if (round >= parts) part = 0;
    if (round == parts) c ^= 0xff;
    d ^= part;
    a += b;
    b = rotl<u64>(b, 13) ^ a;
    a = rotl<u64>(a, 32);
    c += d;
    d = rotl<u64>(d, 16) ^ c;
    a += d;
    d = rotl<u64>(d, 21) ^ a;
    c += b;
    b = rotl<u64>(b, 17) ^ c;
    c = rotl<u64>(c, 32);
    a ^= part;
    part = second;
    second = third;
  }
  v0 = a;
  v1 = b;
  v2 = c;
  v3 = d;
}
