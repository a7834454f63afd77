import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import { type Stage, STAGES } from "../stages/stage.ts";
import type { Lane } from "./lane.ts";
import { MirroredLane } from "./mirrored_lane.ts";
import { QueuedMirroring } from "./mirroring.ts";
import { FrontRouting } from "./routing.ts";
import { type ComparisonsDue, SampledReads } from "./sampled_reads.ts";
import { SampledSets } from "./sampled_sets.ts";
import { SingleLane } from "./single_lane.ts";
import { SplitRouting } from "./split_routing.ts";
import type { WriteCallbacks } from "./write_callbacks.ts";

/** What every lane of a twin is made of. */
export interface LaneParts<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly operations: OperationSampler;
  readonly versions: KeyVersions;
  readonly mirror: Mirror<K, V>;
  readonly comparisons: ComparisonsDue<NoInfer<K>>;
  readonly callbacks: WriteCallbacks;
  /** Whether the other side holds what the authoritative one held before both were written. */
  readonly isBackfilled: () => boolean;
}

/**
 * The lane of `stage`: its rules, resolved to the two maps. From now on the sampler of operations asks it for looks.
 *
 * @param percent The percentage of keys that the new map answers for, where the stage splits the keys.
 * @param inline Whether a write is on both sides before its call returns.
 * @param keys The keys that are compared.
 */
export function enterLane<K, V>(
  stage: Stage,
  percent: number,
  inline: boolean,
  keys: KeySampler,
  parts: LaneParts<K, V>,
): Lane<K, V> {
  const { oldMap, newMap, operations, mirror, comparisons, callbacks } = parts;
  const { answers, mirrors, comparesReads } = STAGES[stage];
  if (!mirrors) {
    operations.look("none", "none");
    return new SingleLane(answers === "new" ? newMap : oldMap, mirror, keys);
  }
  const routing = answers === "split"
    ? new SplitRouting(oldMap, newMap, percent, keys.hash)
    : answers === "new"
    ? new FrontRouting(newMap, oldMap)
    : new FrontRouting(oldMap, newMap);
  const mirroring = inline ? mirror : new QueuedMirroring(mirror, callbacks);
  const comparesAny = keys.share > 0;
  const reads = comparesReads && comparesAny ? new SampledReads(routing, operations, keys, comparisons) : undefined;
  const sets = new SampledSets(routing, operations, keys, comparisons, mirror, mirroring);
  // A split needs the hash of each key, and a queue keeps it with each write.
  const looksAtEverySet = answers === "split" || !inline;
  operations.leaveTo(reads, sets);
  operations.look(reads === undefined ? "none" : "some", looksAtEverySet ? "all" : comparesAny ? "some" : "none");
  return new MirroredLane({ ...parts, routing, mirroring, keys, reads, sets });
}
