import { mixHash } from "../src/key_hash.ts";

/**
 * Which keys belong to a share of all keys, by a stable hash: a key is always in or never. Samplers with different salts
 * are independent of each other.
 */
export class Sampler {
  readonly #salt: number;
  readonly #limit: number;
  /** The share of keys, 0 to 1. */
  readonly share: number;

  constructor(share: number, salt: number) {
    this.share = share;
    this.#salt = salt;
    this.#limit = share * 2 ** 32;
  }

  /** Whether the key with this hash, as `keyHash` gives it, is in. */
  includes(hash: number): boolean {
    return (mixHash(hash, this.#salt) >>> 0) < this.#limit;
  }
}
