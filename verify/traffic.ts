/** At most so many operations there are to one that is looked at: the hash of its key then costs little beside the others. */
const MAX_STRIDE = 16;

/** How many operations are looked at: `some` by the share of keys that is compared. */
export type Looks = "none" | "some" | "all";

/**
 * The callers' operations: how many there were, and which are looked at: whether their keys are among those that are
 * compared. To find that out costs as much as to read a map, and would be paid by all the operations on other keys.
 *
 * Some are all from a share of 1/4 of the keys up, one in 16 on average at 1/64 and below. The gaps vary, so that no rhythm of
 * the callers' falls in with them. Plain fields, since every operation counts itself and most look at them.
 */
export class Traffic {
  /** Reads by callers. */
  reads = 0;
  /** Writes by callers. */
  writes = 0;
  /** The number of the next read that is looked at. */
  nextRead: number = Infinity;
  /** The number of the next write that is looked at if it is a `set`; the other writes all are. */
  nextSet: number = Infinity;
  /** How many operations there are on average to one that is looked at, where some are. */
  readonly stride: number;
  #readStride = Infinity;
  #setStride = Infinity;
  #random = 0x9e3779b9;

  /** @param share The share of keys that is compared, 0 to 1. */
  constructor(share: number) {
    this.stride = Math.min(MAX_STRIDE, Math.max(1, Math.floor(1 / (4 * share))));
  }

  /** Looks at so many operations from now on. */
  look(reads: Looks, sets: Looks): void {
    const strides = { none: Infinity, some: this.stride, all: 1 };
    this.#readStride = strides[reads];
    this.#setStride = strides[sets];
    this.nextRead = reads === "none" ? Infinity : this.reads + 1;
    this.nextSet = sets === "none" ? Infinity : this.writes + 1;
  }

  /** Chooses the read to look at after this one. */
  chooseRead(): void {
    this.nextRead = this.reads + this.#gap(this.#readStride);
  }

  /** Chooses the `set` to look at after this one. */
  chooseSet(): void {
    this.nextSet = this.writes + this.#gap(this.#setStride);
  }

  /** By G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003). */
  #gap(stride: number): number {
    if (stride === 1) return 1;
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return 1 + (random >>> 1) % (2 * stride - 1);
  }
}
