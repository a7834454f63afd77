/**
 * HalfSipHash-1-3 with 32 bits: a keyed pseudo-random function made for hash tables. Whoever does not know the key can
 * neither predict a hash nor choose inputs whose hashes are alike.
 *
 * Source: J.-P. Aumasson, `halfsiphash.c` in the reference repository of SipHash (github.com/veorq/SipHash), the variant
 * with words of 32 bits; with one round for each word and three at the end, as hash tables take SipHash-1-3.
 *
 * The round is written out where a loop over the rounds would take twice the time.
 *
 * @module
 */

/** The hash of the code units of `text`, two to a word, under the key `k0`, `k1`: a signed 32-bit integer. O(length). */
export function halfSipHash(k0: number, k1: number, text: string): number {
  const { length } = text;
  const whole = length & ~1;
  let v0 = k0, v1 = k1, v2 = k0 ^ 0x6c796765, v3 = k1 ^ 0x74656462;
  for (let at = 0; at < whole; at += 2) {
    const word = text.charCodeAt(at) | text.charCodeAt(at + 1) << 16;
    v3 ^= word;
    // deno-fmt-ignore
    {
      v0 = v0 + v1 | 0; v1 = (v1 << 5 | v1 >>> 27) ^ v0; v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0; v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0; v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0; v1 = (v1 << 13 | v1 >>> 19) ^ v2; v2 = v2 << 16 | v2 >>> 16;
    }
    v0 ^= word;
  }
  // The length counts bytes, and goes into the highest byte.
  return finish(v0, v1, v2, v3, length << 25 | (whole < length ? text.charCodeAt(whole) : 0));
}

/** The hash of a single word. It needs no length, since all messages under such a key have the same. O(1). */
export function halfSipHashOfWord(k0: number, k1: number, word: number): number {
  return finish(k0, k1, k0 ^ 0x6c796765, k1 ^ 0x74656462, word);
}

/** Takes in the last word, and makes the hash of the state. */
function finish(v0: number, v1: number, v2: number, v3: number, last: number): number {
  v3 ^= last;
  for (let rounds = 1;; rounds++) {
    // deno-fmt-ignore
    {
      v0 = v0 + v1 | 0; v1 = (v1 << 5 | v1 >>> 27) ^ v0; v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0; v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0; v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0; v1 = (v1 << 13 | v1 >>> 19) ^ v2; v2 = v2 << 16 | v2 >>> 16;
    }
    if (rounds === 4) return v1 ^ v3;
    if (rounds > 1) continue;
    v0 ^= last;
    v2 ^= 0xff;
  }
}
