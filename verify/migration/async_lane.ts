import type { KeySampler } from "../sampling/key_sampler.ts";
import type { Side } from "../stages/stage.ts";

/** What a stage means for an operation on two stores. */
export interface AsyncLane {
  /** The side that answers operations on the whole map. */
  readonly front: Side;
  /** The side that answers for the keys with this hash. It is written first. */
  readonly sideOf: (hash: number) => Side;
  /** Whether each side answers for some keys. */
  readonly splits: boolean;
  /** Whether writes go to both sides. */
  readonly mirrors: boolean;
  /** Whether a write waits until it is on both sides. */
  readonly isInline: boolean;
  /** The keys whose reads are compared; `undefined` where none is. */
  readonly comparedReads: KeySampler | undefined;
}
