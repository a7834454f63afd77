/**
 * The hash of keys: SipHash-1-3, keyed with a secret of each map, so that nobody can choose keys that share a slot.
 * J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012.
 *
 * The message is a key's header and its words, as bytes: `startHash`, then `absorb` for every 8 bytes, then `endHash`.
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
  compress(<u64> low | <u64> high << 32);
}

/** The lower half of the hash. `rest` is the last word of the message if there is one left, else 0. */
// @ts-ignore: decorator
@inline
export function endHash(rest: u32, bytes: u32): u32 {
  compress(<u64> rest | <u64> bytes << 56);
  v2 ^= 0xff;
  round();
  round();
  round();
  return <u32> (v0 ^ v1 ^ v2 ^ v3);
}

// @ts-ignore: decorator
@inline
function compress(message: u64): void {
  v3 ^= message;
  round();
  v0 ^= message;
}

// @ts-ignore: decorator
@inline
function round(): void {
  let a = v0;
  let b = v1;
  let c = v2;
  let d = v3;
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
  v0 = a;
  v1 = b;
  v2 = c;
  v3 = d;
}
