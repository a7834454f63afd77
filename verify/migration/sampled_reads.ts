import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { keyHash } from "../../src/keys/key_hash.ts";
import type { Route } from "./routing.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";

/** What answers reads of a key. */
export type Reader<K, V> = Pick<ConcurrentMap<K, V>, "get" | "has">;

/** Takes the comparisons that fall due. */
export interface ComparisonsDue<K> {
  /** Makes a comparison of `key` due. */
  due(key: K, operation: string): void;
}

/** Hands reads on at the stages at which they are compared, and looks at those that the operations has it look at. */
export class SampledReads<K, V> implements Reader<K, V> {
  readonly #route: Route<K, V>;
  readonly #operations: OperationSampler;
  readonly #comparisons: ComparisonsDue<K>;
  #answering: Reader<K, V>;
  /** How many reads are still passed over; below 0 at the one that is looked at. */
  left = 0;

  constructor(route: Route<K, V>, operations: OperationSampler, comparisons: ComparisonsDue<K>) {
    this.#route = route;
    this.#operations = operations;
    this.#comparisons = comparisons;
    this.#answering = route.oldMap;
  }

  /** Hands reads on to `answering`; returns the one to ask. */
  over(answering: Reader<K, V>): this {
    this.#answering = answering;
    return this;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    if (--this.left < 0) this.#lookAt(key, "get");
    return this.#answering.get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    if (--this.left < 0) this.#lookAt(key, "has");
    return this.#answering.has(key);
  }

  /** Makes a comparison of `key` due if it is one of those that are compared. */
  #lookAt(key: K, operation: string): void {
    this.#operations.looksAtRead();
    const route = this.#route;
    if (route.comparesEveryKey || route.compares(keyHash(key))) this.#comparisons.due(key, operation);
  }
}
