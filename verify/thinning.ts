/** So many reads there are at most to one that is looked at: the hash of its key then costs little beside them. */
const MAX_STRIDE = 16;

/**
 * Which reads are looked at, where few keys are compared: to hash a key costs as much as to read a map, and would be
 * paid by all the reads of keys that are not compared.
 *
 * All reads from a share of 1/4 of the keys up, one in 16 on average at 1/64 and below. The gaps vary, so that no rhythm of
 * the callers' falls in with them.
 */
export class Thinning {
  /** How many reads there are to one that is looked at, on average. */
  readonly stride: number;
  #left = 1;
  #state = 0x9e3779b9;

  /** @param share The share of keys that is compared, 0 to 1. */
  constructor(share: number) {
    this.stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(1 / (4 * share))));
  }

  /** Whether to look at the next read. */
  looks(): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.stride === 1 ? 1 : 1 + this.#random() % (2 * this.stride - 1);
    return true;
  }

  /** G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003): period 2^32 - 1. */
  #random(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
