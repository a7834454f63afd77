import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { KeyVersions } from "../pair/key_versions.ts";
import { evicts } from "../pair/eviction.ts";
import { traitOf } from "../pair/traits.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { ConditionalWrite, Lane, Reader, Setter, Write } from "./lane.ts";
import type { Mirroring } from "./mirroring.ts";
import type { Routing } from "./routing.ts";
import type { ComparisonsDue, SampledReads } from "./sampled_reads.ts";
import type { SampledSets } from "./sampled_sets.ts";

/** What a mirrored lane is made of. */
export interface MirroredLaneParts<K, V> {
  readonly routing: Routing<K, V>;
  readonly mirroring: Mirroring<K, V>;
  readonly versions: KeyVersions;
  readonly comparisons: ComparisonsDue<K>;
  /** The keys that are compared. */
  readonly keys: KeySampler;
  /** `undefined` where reads are not compared. */
  readonly reads: SampledReads<K, V> | undefined;
  readonly sets: SampledSets<K, V>;
  /** Whether the other side holds what the authoritative one held before both were written. */
  readonly isBackfilled: () => boolean;
}

/** The lane of the stages at which both sides are written. */
export class MirroredLane<K, V> implements Lane<K, V> {
  readonly front: ConcurrentMap<K, V>;
  readonly reader: Reader<K, V>;
  readonly setter: Setter<K, V>;
  readonly #parts: MirroredLaneParts<K, V>;

  constructor(parts: MirroredLaneParts<K, V>) {
    this.front = parts.routing.front;
    this.reader = parts.reads ?? parts.routing.reader;
    this.setter = parts.sets;
    this.#parts = parts;
  }

  first(key: K): ConcurrentMap<K, V> {
    return this.#parts.routing.first(key);
  }

  /**
   * The answers of the two sides tell whether they held the same, so they are compared as soon as the other side holds what
   * was there before. (`set` answers nothing, so what it leaves is compared.)
   */
  handOn({ operation, key, first, apply, answer }: Write<K, V>): void {
    const { routing, mirroring, keys, isBackfilled } = this.#parts;
    const hash = keys.hash(key);
    const sampled = keys.includes(hash);
    const comparesAnswers = sampled && isBackfilled();
    mirroring.apply({ operation, key, hash, apply, answer, sampled, comparesAnswers, to: routing.other(first) });
  }

  /** The other side might accept it if it compares values by another rule, or still has what the first side evicted. */
  handOnConditional(write: ConditionalWrite<K, V>): void {
    const { key, operation, first, apply, applyAnyway, answer } = write;
    const { routing, comparisons, keys, isBackfilled } = this.#parts;
    const comparesAlike = storesCopies(first) === storesCopies(routing.other(first));
    if (answer || (comparesAlike && !evicts(first))) {
      this.handOn({ ...write, apply: comparesAlike ? apply : applyAnyway });
    } else if (isBackfilled() && keys.includes(keys.hash(key))) {
      comparisons.due(key, operation);
    }
  }

  clear(): void {
    const { routing, mirroring, versions, keys } = this.#parts;
    routing.front.clear();
    mirroring.apply({
      operation: "clear",
      key: undefined as K,
      hash: 0,
      apply: (map) => {
        versions.allWritten();
        return map.clear();
      },
      answer: undefined,
      sampled: keys.share > 0,
      comparesAnswers: false,
      to: routing.back,
    });
  }

  compareRead(key: K, operation: string): void {
    this.#parts.reads?.compare(key, operation);
  }

  compareOrder(operation: string): void {
    const { routing, reads, comparisons } = this.#parts;
    if (reads !== undefined && isOrdered(routing.front) && isOrdered(routing.back)) comparisons.orderDue(operation);
  }
}

/** A map that stores copies compares values by their content, another one by their identity. */
function storesCopies<K, V>(map: ConcurrentMap<K, V>): boolean {
  return traitOf(map, "values") === "copy";
}

function isOrdered<K, V>(map: ConcurrentMap<K, V>): boolean {
  return traitOf(map, "order") === "insertion";
}
