import { mixHash } from "../../src/keys/key_hash.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import type { Position } from "../stages/moves.ts";
import { type Side, STAGES } from "../stages/stage.ts";
import { PERCENT_SALT } from "./split_routing.ts";

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

/**
 * What a position means for an operation.
 *
 * @param isInline Whether a write waits until it is on both sides.
 * @param keys The keys that are compared.
 */
export function asyncLaneAt({ stage, percent }: Position, isInline: boolean, keys: KeySampler): AsyncLane {
  const { answers, mirrors, comparesReads } = STAGES[stage];
  const newKeys = new KeySampler(percent / 100, keys.hash);
  return {
    front: answers === "new" ? "new" : "old",
    sideOf: answers === "split"
      ? (hash) => newKeys.includes(mixHash(hash, PERCENT_SALT)) ? "new" : "old"
      : () => answers,
    splits: answers === "split",
    mirrors,
    isInline,
    comparedReads: comparesReads && keys.share > 0 ? keys : undefined,
  };
}
