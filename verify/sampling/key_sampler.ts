/** Chooses a share of all keys by their hash. A hash never changes, so a key is always chosen or never. */
export class KeySampler {
  /** The hashes below it are chosen. */
  readonly #limit: number;
  /** The share of keys that is chosen, 0 to 1. */
  readonly share: number;

  /** @param share The share of keys to choose, 0 to 1. */
  constructor(share: number) {
    this.share = share;
    this.#limit = share * 2 ** 32 - 2 ** 31;
  }

  /** Whether the key with this hash, a signed 32-bit integer as `keyHash` returns it, is chosen. */
  includes(hash: number): boolean {
    return hash < this.#limit;
  }
}
