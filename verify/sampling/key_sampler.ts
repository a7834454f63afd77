/** Which keys belong to a share of all keys, by a hash of theirs that never changes: a key is always in or never. */
export class KeySampler {
  /** The hashes below it are in. */
  readonly #limit: number;
  /** The share of keys, 0 to 1. */
  readonly share: number;

  constructor(share: number) {
    this.share = share;
    this.#limit = share * 2 ** 32 - 2 ** 31;
  }

  /** Whether the key with this hash, a signed 32-bit integer as `keyHash` gives it, is in. */
  includes(hash: number): boolean {
    return hash < this.#limit;
  }
}
