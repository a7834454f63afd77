import type { Clock } from "../../src/clock.ts";

/** From this share of the keys up, every operation is looked at: most of the cost then is that of the comparisons. */
const FEW_KEYS = 1 / 4;

/** Where few keys are compared, about so many operations at most are looked at within {@link WINDOW_MS}. */
const MAX_LOOKS = 256;

const WINDOW_MS = 10;

/** So many that a countdown from there never ends in practice; small enough for an engine's small integers. */
const UNENDING = 2 ** 30;

/** Counts the operations down that are passed over; below 0 at the one that is looked at. */
interface Countdown {
  left: number;
}

/** Which operations are looked at: `some` by the share of keys that is compared. */
export type Looks = "none" | "some" | "all";

/**
 * The callers' operations: how many there were, and which are looked at: whether their keys are among those that are
 * compared. To find that out costs as much as to read a map several times, and would be paid by the operations on all the
 * other keys.
 *
 * Where few keys are compared, every operation is looked at as long as there are few of them as well, some 25,000 a second;
 * beyond that one in so many. The gaps vary, so that no rhythm of the callers' falls in with them.
 *
 * Plain fields, since every operation counts itself. It does so when it is done: before, it takes JavaScriptCore longer.
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
  /** How many `set`s nobody had looked at when the countdown of them began, and from where that began. */
  #unseenSets = 0;
  #passedOverSets = 0;
  #tracksEverySet = false;
  /** Where every `set` is tracked: how many there are before the next that is looked at. */
  #trackedLeft = 0;
  /** How many operations there are on average to one that is looked at, where some are. */
  #stride = 1;
  /** How many operations were looked at within the window. */
  #looks = 0;
  #random = 0x9e3779b9;

  /** @param share The share of keys that is compared, 0 to 1. */
  constructor(share: number, clock: Clock) {
    this.#fewKeys = share < FEW_KEYS;
    this.#clock = clock;
  }

  /** Leaves it to the given ones to count down, on the callers' way. */
  leaveTo(reads: Countdown, sets: Countdown): void {
    this.#readCountdown = reads;
    this.#setCountdown = sets;
    this.#begin();
  }

  /** How many `set`s nobody looked at. */
  get unseenSets(): number {
    return this.#unseenSets + this.#passedOverSets - Math.max(0, this.#setCountdown.left);
  }

  /** Looks at these operations from now on. */
  look(reads: Looks, sets: Looks): void {
    this.#readLooks = reads;
    this.#setLooks = sets;
    this.#begin();
  }

  /** Hands every `set` to the one who looks, or only those that are looked at. */
  trackSets(all: boolean): void {
    this.#tracksEverySet = all;
    this.#trackedLeft = 0;
    this.#passOverSets(all ? 0 : this.#passedOver(this.#setLooks));
  }

  /** A read is looked at. */
  looksAtRead(): void {
    this.#readCountdown.left = this.#gap(this.#readLooks);
  }

  /** A `set` is handed to the one who looks; tells whether it is looked at, and not only tracked. */
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
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    return random >>> 1;
  }
}
