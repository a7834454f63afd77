import { BlockHash } from "./block_hash.ts";

const ROUNDS = 64;
const PRIMES = firstPrimes(ROUNDS);
/** The first 32 bits of the fractions of the roots of the first primes. */
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const words = new Int32Array(ROUNDS);

/** SHA-256, which PostgreSQL can compute. */
export function sha256(): BlockHash {
  return new BlockHash(INITIAL, compress);
}

function compress(state: Int32Array, input: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = input.getInt32(at + 4 * i);
  for (let i = 16; i < ROUNDS; i++) {
    const early = words[i - 15]!, late = words[i - 2]!;
    const s0 = rotated(early, 7) ^ rotated(early, 18) ^ early >>> 3;
    const s1 = rotated(late, 17) ^ rotated(late, 19) ^ late >>> 10;
    words[i] = words[i - 16]! + s0 + words[i - 7]! + s1;
  }
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  let e = state[4]!, f = state[5]!, g = state[6]!, h = state[7]!;
  for (let i = 0; i < ROUNDS; i++) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = h + s1 + (e & f ^ ~e & g) + CONSTANTS[i]! + words[i]! | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => state[at] = state[at]! + word);
}

function rotated(word: number, bits: number): number {
  return word >>> bits | word << 32 - bits;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime > 0)) primes.push(n);
  return primes;
}
