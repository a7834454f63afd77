import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { type Mirror, setOn } from "../mirror/mirror.ts";
import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Setter } from "./lane.ts";
import type { Mirroring } from "./mirroring.ts";
import type { Routing } from "./routing.ts";
import type { ComparisonsDue } from "./sampled_reads.ts";

/**
 * Sets both sides, and looks at those `set`s that the sampler of operations asks for. `set` is by far the most frequent
 * write, so the others do no more than set the two maps: for them, one side must answer for every key, and mirror inline.
 */
export class SampledSets<K, V> implements Setter<K, V> {
  readonly #routing: Routing<K, V>;
  readonly #front: ConcurrentMap<K, V>;
  readonly #back: ConcurrentMap<K, V>;
  readonly #operations: OperationSampler;
  readonly #keys: KeySampler;
  readonly #comparisons: ComparisonsDue<K>;
  readonly #mirror: Mirror<K, V>;
  readonly #mirroring: Mirroring<K, V>;
  /** How many `set`s are still passed over; below 0 at the one that is looked at. */
  left = 0;

  /**
   * @param keys The keys that are compared.
   * @param mirror Counts the errors of the `set`s that are passed over.
   * @param mirroring Takes the `set`s that are looked at.
   */
  constructor(
    routing: Routing<K, V>,
    operations: OperationSampler,
    keys: KeySampler,
    comparisons: ComparisonsDue<K>,
    mirror: Mirror<K, V>,
    mirroring: Mirroring<K, V>,
  ) {
    this.#routing = routing;
    this.#front = routing.front;
    this.#back = routing.back;
    this.#operations = operations;
    this.#keys = keys;
    this.#comparisons = comparisons;
    this.#mirror = mirror;
    this.#mirroring = mirroring;
  }

  /** Sets the value of `key` on both sides. If the other side throws at a `set` that is passed over, that is no diff. */
  set(key: K, value: V): void {
    if (--this.left < 0) return this.#setLookedAt(key, value);
    this.#front.set(key, value);
    try {
      setOn(this.#back, key, value);
    } catch (error) {
      this.#mirror.refused(this.#back, error);
    }
  }

  #setLookedAt(key: K, value: V): void {
    const routing = this.#routing;
    const looks = this.#operations.looksAtSet();
    const hash = this.#keys.hash(key);
    const first = routing.firstByHash(hash);
    first.set(key, value);
    const sampled = looks && this.#keys.includes(hash);
    if (sampled) this.#comparisons.due(key, "set", hash);
    this.#mirroring.set(routing.other(first), key, value, hash, sampled);
  }
}
