import type { KeyHash } from "../../src/keys/key_hash.ts";

/**
 * Chooses a share of all keys by their hash. A hash never changes, so a key is always chosen or never. It depends on a
 * secret, so nobody can choose keys that are always chosen, or never.
 */
export class KeySampler {
  /** The hashes below it are chosen. */
  readonly #limit: number;
  /** The share of keys that is chosen, 0 to 1. */
  readonly share: number;

  /** The hash by which keys are chosen. */
  readonly hash: KeyHash;

  /**
   * @param share The share of keys to choose, 0 to 1.
   * @param hash The hash of keys.
   */
  constructor(share: number, hash: KeyHash) {
    this.share = share;
    this.hash = hash;
    this.#limit = share * 2 ** 32 - 2 ** 31;
  }

  /** Whether the keys with this hash are chosen. */
  includes(hash: number): boolean {
    return hash < this.#limit;
  }
}
