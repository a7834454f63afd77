import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { mixHash } from "../../src/keys/key_hash.ts";
import type { Mirror } from "../mirror/mirror.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import { SplitReads } from "./split_reads.ts";
import { type Stage, STAGES } from "../stages/stage.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import { type ComparisonsDue, type Reader, SampledReads } from "./sampled_reads.ts";
import { SampledSets, type Setter } from "./sampled_sets.ts";

/** Makes the hash that tells which side answers for a key independent of the one that tells whether it is compared. */
const PERCENT_SALT = 0x50455243;

/**
 * What the present stage means for an operation: the rules of {@link STAGES}, resolved to the two maps. Plain fields, since
 * every operation looks at them.
 */
export class Route<K, V> {
  readonly oldMap: ConcurrentMap<K, V>;
  readonly newMap: ConcurrentMap<K, V>;
  readonly #queues: boolean;
  readonly #sample: KeySampler;
  readonly #operations: OperationSampler;
  readonly #sampledReads: SampledReads<K, V>;
  readonly #sampledSets: SampledSets<K, V>;
  readonly #splitReads: SplitReads<K, V>;
  #newShare: KeySampler;
  #open = true;

  /** The side that answers; at `live`, for the keys that the new map does not answer for. */
  front: ConcurrentMap<K, V>;
  /** What answers reads of a key: the side in front itself, where nothing is to be found out about them. */
  reader: Reader<K, V>;
  /** What takes the `set`s: the side in front itself, where it is the only one that is written. */
  setter: Setter<K, V>;
  /** Whether reads of the sampled keys are compared. */
  comparesReads = false;
  /** Whether the key decides which side answers. */
  splits = false;
  /** Whether writes go to both sides. */
  mirrors = false;
  /** Whether a write is on both sides before its call returns. */
  inline = true;
  /** The percentage of keys that the new map answers for. */
  percent = 0;

  /**
   * @param operations Told which operations to look at.
   * @param comparisons Told of the comparisons that fall due.
   * @param mirror Hands writes on.
   * @param sample The share of keys that is compared.
   * @param queues Whether the mirror is queued at the stages that allow it.
   */
  constructor(
    oldMap: ConcurrentMap<K, V>,
    newMap: ConcurrentMap<K, V>,
    operations: OperationSampler,
    comparisons: ComparisonsDue<NoInfer<K>>,
    mirror: Mirror<K, V>,
    sample: number,
    queues: boolean,
  ) {
    this.oldMap = oldMap;
    this.newMap = newMap;
    this.front = oldMap;
    this.reader = oldMap;
    this.setter = oldMap;
    this.#queues = queues;
    this.#sample = new KeySampler(sample);
    this.#newShare = new KeySampler(0);
    this.#operations = operations;
    this.#sampledReads = new SampledReads(this, operations, comparisons);
    this.#sampledSets = new SampledSets(this, operations, comparisons, mirror);
    this.#splitReads = new SplitReads(this);
    operations.leaveTo(this.#sampledReads, this.#sampledSets);
  }

  /**
   * Takes the way of `stage`.
   *
   * @param percent The percentage of keys that the new map answers for, where the key decides.
   */
  take(stage: Stage, percent: number): void {
    const { answers, mirrors, inline, comparesReads } = STAGES[stage];
    this.splits = answers === "split";
    this.front = answers === "new" ? this.newMap : this.oldMap;
    this.percent = this.splits ? percent : answers === "new" ? 100 : 0;
    this.#newShare = new KeySampler(percent / 100);
    this.mirrors = mirrors;
    this.inline = inline || !this.#queues;
    this.comparesReads = comparesReads && this.comparesWhole;
    this.#direct();
  }

  /** Ends the comparing; the rest stays. */
  close(): void {
    this.#open = false;
    this.comparesReads = false;
    this.#direct();
  }

  /** Whether the key with this hash is compared. */
  compares(hash: number): boolean {
    return this.#open && this.#sample.includes(hash);
  }

  /** Whether there is no key that is not compared. */
  get comparesEveryKey(): boolean {
    return this.#open && this.#sample.share === 1;
  }

  /** Whether anything that is not about a single key is compared. */
  get comparesWhole(): boolean {
    return this.#open && this.#sample.share > 0;
  }

  /** The side that answers for the key with this hash. */
  answering(hash: number): ConcurrentMap<K, V> {
    return this.splits && this.#newShare.includes(mixHash(hash, PERCENT_SALT)) ? this.newMap : this.front;
  }

  other(map: ConcurrentMap<K, V>): ConcurrentMap<K, V> {
    return map === this.oldMap ? this.newMap : this.oldMap;
  }

  /** A queue remembers a key's hash with each write, so all are looked at. */
  #direct(): void {
    const { front, splits, mirrors, inline, comparesReads } = this;
    const answering = splits ? this.#splitReads : front;
    this.reader = comparesReads ? this.#sampledReads.over(answering) : answering;
    this.setter = mirrors ? this.#sampledSets.over(front, this.other(front)) : front;
    const sets = mirrors && (splits || !inline) ? "all" : mirrors && this.comparesWhole ? "some" : "none";
    this.#operations.look(comparesReads ? "some" : "none", sets);
  }
}
