import { halfSipHashOfWord } from "../keys/half_sip_hash.ts";

const WORD = 2 ** 32;

/** The upper part of a safe integer, whose lower part is `key | 0`. It is 0 for keys of 32 bits. */
export function highOf(key: number): number {
  return (key - (key | 0)) / WORD;
}

/**
 * Hashes of safe integers under a seed: signed 32-bit integers, different for each lower part with the same upper part.
 *
 * The lower part is multiplied by two secret odd numbers. Choosing keys without knowing them gains little: the
 * first bits of the hashes of any two keys are equal with at most twice the probability of random hashes (M.
 * Dietzfelbinger, T. Hagerup, J. Katajainen, M. Penttonen, "A Reliable Randomized Algorithm for the Closest-Pair
 * Problem", Journal of Algorithms 25 (1997)). Before that, the lower part is mixed with a secret, so that patterns in
 * the keys disappear. An upper part that is not 0 is hashed into that secret by HalfSipHash.
 */
export class IntHash {
  #isSeeded = false;
  #secret = 0;
  #first = 1;
  #second = 1;
  /** The inverses of `first` and `second`. */
  #unfirst = 1;
  #unsecond = 1;
  #k0 = 0;
  #k1 = 0;

  /**
   * Draws the seed of the hash, once. Call it before the first hash. The constructor does not draw it, since some
   * platforms provide no random numbers while modules are loaded.
   *
   * @param words Draws five random words.
   */
  seed(words: () => ArrayLike<number> = randomWords): void {
    if (this.#isSeeded) return;
    this.#isSeeded = true;
    const [secret, first, second, k0, k1] = words() as unknown as [number, number, number, number, number];
    this.#secret = secret;
    this.#first = first | 1;
    this.#second = second | 1;
    this.#unfirst = inverse(this.#first);
    this.#unsecond = inverse(this.#second);
    this.#k0 = k0;
    this.#k1 = k1;
  }

  /** The hash of the safe integer with these parts. */
  of(low: number, high: number): number {
    const secret = high === 0 ? this.#secret : this.#secretOf(high);
    let mixed = low ^ secret;
    mixed = Math.imul(mixed ^ (mixed >>> 16), this.#first);
    mixed = Math.imul(mixed ^ (mixed >>> 15), this.#second);
    return mixed ^ (mixed >>> 16);
  }

  /** The safe integer with this hash and this upper part. */
  keyOf(hash: number, high: number): number {
    const secret = high === 0 ? this.#secret : this.#secretOf(high);
    let mixed = Math.imul(hash ^ (hash >>> 16), this.#unsecond);
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (mixed >>> 30), this.#unfirst);
    return (mixed ^ (mixed >>> 16) ^ secret) + high * WORD;
  }

  #secretOf(high: number): number {
    return halfSipHashOfWord(this.#k0, this.#k1, high);
  }
}

function randomWords(): Int32Array {
  return crypto.getRandomValues(new Int32Array(5));
}

/** The number by which to multiply, in 32 bits, to undo a multiplication by an odd number: by Newton's iteration. */
function inverse(odd: number): number {
  let inverse = odd;
  // Three bits are right at first, and each step doubles them.
  for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
