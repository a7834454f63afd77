import type { Side } from "../stages/stage.ts";

/** How many mirrored writes each side has refused with an error, in all. */
export type Refused = { readonly [side in Side]: number };

/**
 * Which sides missed a write: one that the other side has, and that this one refused with an error. The key is then stale on
 * this side until a backfill or a clean sweep shows that both sides are equal.
 */
export class MissedWrites {
  readonly #refused: (side: Side) => number;
  #mended: Refused = { old: 0, new: 0 };

  /** @param refused How many mirrored writes a side has refused, in all. */
  constructor(refused: (side: Side) => number) {
    this.#refused = refused;
  }

  /** How many each side has refused so far, for {@link mend}. */
  get soFar(): Refused {
    return { old: this.#refused("old"), new: this.#refused("new") };
  }

  /** Whether `side` missed a write. */
  missed(side: Side): boolean {
    return this.#refused(side) > this.#mended[side];
  }

  /** The writes that were refused up to `soFar` are missed no longer. */
  mend(soFar: Refused = this.soFar): void {
    this.#mended = soFar;
  }
}
