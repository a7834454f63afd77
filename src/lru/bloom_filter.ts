import { makeKeyHash } from "../keys/key_hash.ts";

/** The number of bits: 2^20, which take 128 KiB. */
const BITS = 2 ** 20;

/**
 * A set of keys in fixed memory: one bit for the hash of each key. It never forgets a key, but takes some others for
 * members: 1 in 100 after 10,000 keys, 1 in 10 after 110,000, 2 in 3 after a million.
 *
 * The hash is secret, so nobody can choose keys that are taken for members.
 *
 * B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", Communications of the ACM 13 (1970), with
 * one hash.
 */
export class BloomFilter {
  readonly #hash = makeKeyHash();
  /** Allocated for the first key. */
  #bits: Uint32Array | undefined;

  /** Adds a key. O(1), and O(length) for strings. */
  add(key: unknown): void {
    const bit = this.#bitOf(key);
    const bits = this.#bits ??= new Uint32Array(BITS / 32);
    bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | 1 << bit;
  }

  /** Whether `key` may have been added; `false` is certain. As fast as {@link add}. */
  mayHave(key: unknown): boolean {
    if (this.#bits === undefined) return false;
    const bit = this.#bitOf(key);
    return ((this.#bits[bit >>> 5] ?? 0) >>> bit & 1) === 1;
  }

  #bitOf(key: unknown): number {
    return this.#hash(key) & (BITS - 1);
  }
}
