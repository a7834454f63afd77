import type { Clock } from "../../src/clock.ts";
import type { KeyHash } from "../../src/keys/key_hash.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";

/** How many versions are kept. Keys that share one make each other look written, which errs on the safe side. */
export const STRIPES: number = 2 ** 15;

/** The number of the version of the keys with this hash, which is a hash of theirs too. */
export function stripeOf(hash: number): number {
  return hash & (STRIPES - 1);
}

/** How long a difference must last, in milliseconds without a write to the key, before it is called a diff. */
export const SETTLE_MS = 50;

/**
 * The version of each key: the number of the last write to it, or to a key of the same stripe.
 *
 * If two looks at a key see the same version, the key was not written in between. A write has settled when at least
 * {@link SETTLE_MS} have passed since. A timer, which runs only while there are writes, records the number of the last
 * write every {@link SETTLE_MS}, so that no write has to read the clock.
 */
export class KeyVersions {
  /** The hash of keys, by which their versions are kept. */
  readonly hash: KeyHash;
  readonly #clock: Clock;
  readonly #versions = new Float64Array(STRIPES);
  readonly #operations: OperationSampler;
  #writes = 0;
  #settled = 0;
  #lastMark = 0;
  /** How many `set`s had been passed over when {@link #settled} and {@link #lastMark} were recorded. */
  #unseenSettled = 0;
  #unseenLastMark = 0;
  #marking = false;
  /** The versions at which keys were found equal; only some pairs ask for them. */
  #equalVersions: Float64Array | undefined;
  #missedWrites = false;
  /** How many need the version of every key. */
  #trackers = 0;

  /**
   * @param operations Knows how many `set`s were passed over, so that their keys are not known.
   * @param hash The hash of keys, by which their versions are kept.
   */
  constructor(clock: Clock, operations: OperationSampler, hash: KeyHash) {
    this.hash = hash;
    this.#clock = clock;
    this.#operations = operations;
  }

  /**
   * Gives the keys that are not compared a version too, until {@link stopTracking} was called as often as this: needed while
   * a suspect waits for its re-check, and while large values are being compared.
   */
  trackEveryKey(): void {
    if (++this.#trackers === 1) this.#operations.trackSets(true);
  }

  stopTracking(): void {
    if (--this.#trackers === 0) this.#operations.trackSets(false);
  }

  /**
   * Gives the key with this hash a new version: it is written now.
   *
   * @param sampled Whether the key is compared. Other keys get a version only after {@link trackEveryKey}, since
   * storing it costs a cache miss.
   * @returns The version before, if the key has one.
   */
  written(hash: number, sampled: boolean): number {
    if (!sampled && this.#trackers === 0) {
      this.#missedWrites = true;
      return ++this.#writes;
    }
    const stripe = stripeOf(hash);
    const before = this.#versions[stripe] as number;
    this.#versions[stripe] = ++this.#writes;
    if (!this.#marking) this.#mark();
    return before;
  }

  /** Gives every key a new version. */
  allWritten(): void {
    this.#versions.fill(++this.#writes);
    if (!this.#marking) this.#mark();
  }

  /** The number of the last write. */
  get latest(): number {
    return this.#writes;
  }

  /** One number for the versions of the keys with these hashes. Versions only grow: it stays the same only if each does. */
  sumOf(hashes: readonly number[]): number {
    return hashes.reduce((sum, hash) => sum + (this.#versions[stripeOf(hash)] as number), 0);
  }

  /** Whether the write that made `version` has settled, and so has every `set` that was passed over. */
  isSettled(version: number): boolean {
    if (this.#operations.unseenSets === this.#unseenSettled) return version <= this.#settled;
    if (!this.#marking) this.#mark();
    return false;
  }

  /** Remembers that the sides were equal for the key with this hash, as it was last written. */
  foundEqual(hash: number): void {
    const stripe = stripeOf(hash);
    this.#equalVersions ??= new Float64Array(STRIPES).fill(-1);
    this.#equalVersions[stripe] = this.#versions[stripe] as number;
  }

  /** Whether the sides were {@link foundEqual} since the last write to the key; `false` if a write may have been missed. */
  wasEqual(hash: number): boolean {
    if (this.#missedWrites || this.#operations.unseenSets > 0) return false;
    const stripe = stripeOf(hash);
    return this.#equalVersions?.[stripe] === this.#versions[stripe];
  }

  #mark(): void {
    this.#marking = true;
    this.#clock.schedule(() => {
      this.#settled = this.#lastMark;
      this.#lastMark = this.#writes;
      this.#unseenSettled = this.#unseenLastMark;
      this.#unseenLastMark = this.#operations.unseenSets;
      if (this.#settled === this.#writes && this.#unseenSettled === this.#unseenLastMark) this.#marking = false;
      else this.#mark();
    }, SETTLE_MS);
  }
}
