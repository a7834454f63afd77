import { keyHash } from "../../src/keys/key_hash.ts";
import { type Mirror, setting } from "../mirror/mirror.ts";
import type { Route } from "./routing.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { ComparisonsDue } from "./sampled_reads.ts";

/** What takes the `set`s. */
export interface Setter<K, V> {
  /** Gives `key` a value. */
  set(key: K, value: V): unknown;
}

/**
 * Takes the `set`s, by far the commonest of the writes, at the stages at which both sides are written, and looks at those
 * that the operations has it look at. With the others it does the least that there is to do.
 */
export class SampledSets<K, V> implements Setter<K, V> {
  readonly #route: Route<K, V>;
  readonly #operations: OperationSampler;
  readonly #comparisons: ComparisonsDue<K>;
  readonly #mirror: Mirror<K, V>;
  #first: Setter<K, V>;
  #other: Setter<K, V>;
  /** How many `set`s are still passed over; below 0 at the one that is looked at. */
  left = 0;

  constructor(route: Route<K, V>, operations: OperationSampler, comparisons: ComparisonsDue<K>, mirror: Mirror<K, V>) {
    this.#route = route;
    this.#operations = operations;
    this.#comparisons = comparisons;
    this.#mirror = mirror;
    this.#first = route.oldMap;
    this.#other = route.newMap;
  }

  /** Sets `first` before `other`, unless the key decides; returns the one to ask. */
  over(first: Setter<K, V>, other: Setter<K, V>): this {
    this.#first = first;
    this.#other = other;
    return this;
  }

  /** Gives `key` a value on both sides. If the other throws at one that is not looked at, that is an error and no diff. */
  set(key: K, value: V): void {
    if (--this.left < 0) return this.#setLookedAt(key, value);
    this.#first.set(key, value);
    try {
      this.#other.set(key, value);
    } catch {
      this.#mirror.errors++;
    }
  }

  #setLookedAt(key: K, value: V): void {
    const route = this.#route;
    const looks = this.#operations.looksAtSet();
    const hash = keyHash(key);
    const first = route.answering(hash);
    first.set(key, value);
    const sampled = looks && route.compares(hash);
    if (sampled) this.#comparisons.due(key, "set");
    if (route.inline) this.#mirror.set(route.other(first), key, value, hash, sampled);
    else this.#mirror.enqueue(setting(route.other(first), key, value, hash, sampled));
  }
}
