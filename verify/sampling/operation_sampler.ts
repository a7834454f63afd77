import type { Clock } from "../../src/clock.ts";

/** From this share of the keys up, every operation is looked at: most of the cost is then that of the comparisons. */
const FEW_KEYS = 1 / 4;

/** Where few keys are compared, at most about so many operations are looked at within {@link WINDOW_MS}. */
const MAX_LOOKS = 256;

const WINDOW_MS = 10;

/** A countdown from here never ends in practice. It is small enough for the small integers of the engines. */
const UNENDING = 2 ** 30;

/** Counts down the operations that are passed over; below 0 at the one that is looked at. */
interface Countdown {
  left: number;
}

/** Which operations are looked at; `some`: all, or fewer if few keys are compared. */
export type Looks = "none" | "some" | "all";

/**
 * Counts the callers' operations, and chooses those that are looked at. To look at an operation is to find out whether its
 * key is one of those that are compared. That costs several times as much as reading a map, and the operations on all other
 * keys would pay for it too.
 *
 * Where few keys are compared, every operation is looked at while there are at most about 25,000 in a second; beyond that,
 * one of so many. The gaps between them are random and depend on a secret, so that no rhythm of the callers matches them.
 *
 * The countdowns are plain fields of the objects that the operations go through, and the counts plain fields of this one,
 * because every operation touches them. An operation is counted when it is done: counting it before takes JavaScriptCore
 * longer.
 */
export class OperationSampler {
  /** Reads by callers. */
  reads = 0;
  /** Writes by callers. */
  writes = 0;
  readonly #clock: Clock;
  readonly #fewKeys: boolean;
  #readCountdown: Countdown = { left: 0 };
  #setCountdown: Countdown = { left: 0 };
  #readLooks: Looks = "none";
  #setLooks: Looks = "none";
  /** The `set`s that were passed over before the present countdown, and the number that it began from. */
  #unseenSets = 0;
  #passedOverSets = 0;
  #tracksEverySet = false;
  /** Where every `set` is tracked: how many there are before the next one that is looked at. */
  #trackedLeft = 0;
  /** The average number of operations to one that is looked at, where only some are. */
  #stride = 1;
  /** How many operations were looked at within the window. */
  #looks = 0;
  readonly #seed: () => number;
  /** 0 until the first gap. */
  #random = 0;

  /**
   * @param share The share of keys that is compared, 0 to 1.
   * @param seed Returns a secret whole number, on which the gaps depend.
   */
  constructor(share: number, clock: Clock, seed: () => number = () => 1) {
    this.#seed = seed;
    this.#fewKeys = share < FEW_KEYS;
    this.#clock = clock;
  }

  /**
   * Lets `reads` and `sets` count down from now on.
   *
   * @param reads `undefined` if no read is looked at.
   */
  leaveTo(reads: Countdown | undefined, sets: Countdown): void {
    this.#passOverSets(0);
    this.#setCountdown = sets;
    if (reads !== undefined) this.#readCountdown = reads;
    this.#begin();
  }

  /** How many `set`s were passed over so far. */
  get unseenSets(): number {
    return this.#unseenSets + this.#passedOverSets - Math.max(0, this.#setCountdown.left);
  }

  /** Looks at these operations from now on. */
  look(reads: Looks, sets: Looks): void {
    this.#readLooks = reads;
    this.#setLooks = sets;
    this.#begin();
  }

  /** Stops every `set`, so that its key can be tracked; or only those that are looked at. */
  trackSets(all: boolean): void {
    this.#tracksEverySet = all;
    this.#trackedLeft = 0;
    this.#passOverSets(all ? 0 : this.#passedOver(this.#setLooks));
  }

  /** Called at a read that is looked at: begins the next countdown. */
  looksAtRead(): void {
    this.#readCountdown.left = this.#gap(this.#readLooks);
  }

  /** Called at a `set` that was stopped: begins the next countdown. Returns whether the `set` is also looked at. */
  looksAtSet(): boolean {
    if (!this.#tracksEverySet) {
      this.#passOverSets(this.#gap(this.#setLooks));
      return true;
    }
    this.#passOverSets(0);
    if (this.#trackedLeft-- > 0) return false;
    this.#trackedLeft = this.#gap(this.#setLooks);
    return true;
  }

  #begin(): void {
    this.#readCountdown.left = this.#passedOver(this.#readLooks);
    this.trackSets(this.#tracksEverySet);
  }

  #passOverSets(sets: number): void {
    this.#unseenSets = this.unseenSets;
    this.#passedOverSets = sets;
    this.#setCountdown.left = sets;
  }

  #gap(looks: Looks): number {
    if (looks !== "some" || !this.#fewKeys) return this.#passedOver(looks);
    if (this.#looks++ === 0) this.#clock.schedule(() => this.#endWindow(), WINDOW_MS);
    return this.#looks < MAX_LOOKS ? this.#passedOver(looks) : UNENDING;
  }

  #passedOver(looks: Looks): number {
    if (looks === "none") return UNENDING;
    return looks === "some" && this.#fewKeys ? this.#nextRandom() % (2 * this.#stride - 1) : 0;
  }

  #endWindow(): void {
    if (this.#looks >= MAX_LOOKS) this.#stride *= 2;
    else if (this.#looks < MAX_LOOKS / 4 && this.#stride > 1) this.#stride /= 2;
    this.#looks = 0;
    this.#begin();
  }

  /** By G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003). */
  #nextRandom(): number {
    let random = this.#random || this.#seed() || 1;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return random >>> 1;
  }
}
