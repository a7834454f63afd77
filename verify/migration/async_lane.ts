import { mixHash } from "../../src/keys/key_hash.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import { type Side, type StageRules } from "../stages/stage.ts";

/** Keeps the choice of the side that answers for a key independent of the choice of the keys that are compared. */
export const PERCENT_SALT = 0x50455243;

/** What a stage means for an operation on two stores. */
export interface AsyncLane {
  /** The side that answers operations on the whole map. */
  readonly front: Side;
  /** The side that answers for the keys with this hash. */
  readonly sideOf: (hash: number) => Side;
  /** Whether writes go to both sides. */
  readonly mirrors: boolean;
  /** Whether a write waits until it is on both sides. */
  readonly isInline: boolean;
  /** The keys whose reads are compared. */
  readonly compared: KeySampler | undefined;
}
