import { keyHash, mixHash } from "../keys/key_hash.ts";

/** How many bits there are: 2^20, 128 KiB. */
const BITS = 2 ** 20;

/** Makes the bits of a key independent of what else its hash decides. */
const SALT = 0x45564943;

/**
 * The keys that a map ever removed on its own, in fixed memory: one bit for each key's hash. It knows each of them for
 * ever; and it takes others for one of them, the more the more there are: 1 in 100 once 10,000 keys were added, 1 in 10 at
 * 110,000, all but 1 in 3 at a million.
 *
 * B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", Communications of the ACM 13 (1970), with one
 * hash.
 */
export class BloomFilter {
  /** Made for the first key. */
  #bits: Uint32Array | undefined;

  /** Adds a key. O(1), and O(length) for strings. */
  add(key: unknown): void {
    const bit = bitOf(key);
    const bits = this.#bits ??= new Uint32Array(BITS / 32);
    bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | 1 << bit;
  }

  /** Whether `key` was added; of one that was not, it may say so, too. As fast as {@link add}. */
  mayHave(key: unknown): boolean {
    if (this.#bits === undefined) return false;
    const bit = bitOf(key);
    return ((this.#bits[bit >>> 5] ?? 0) >>> bit & 1) === 1;
  }
}

function bitOf(key: unknown): number {
  return mixHash(keyHash(key), SALT) & (BITS - 1);
}
