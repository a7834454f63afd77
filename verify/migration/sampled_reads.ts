import type { KeySampler } from "../sampling/key_sampler.ts";
import type { OperationSampler } from "../sampling/operation_sampler.ts";
import type { Reader } from "./lane.ts";
import type { Routing } from "./routing.ts";

/** Takes the comparisons that fall due. */
export interface ComparisonsDue<K> {
  /**
   * Makes a comparison of `key` due.
   *
   * @param hash The hash of the key; 0 if it is not known.
   */
  due(key: K, operation: string, hash?: number): void;
  /** Makes a comparison of the order of all keys due. */
  orderDue(operation: string): void;
}

/**
 * Answers reads by way of a routing, and looks at those that the sampler of operations asks for: a comparison falls due if
 * their key is one of those that are compared.
 */
export class SampledReads<K, V> implements Reader<K, V> {
  readonly #reader: Reader<K, V>;
  readonly #operations: OperationSampler;
  readonly #keys: KeySampler;
  readonly #comparisons: ComparisonsDue<K>;
  /** How many reads are still passed over; below 0 at the one that is looked at. */
  left = 0;

  /** @param keys The keys that are compared. */
  constructor(
    routing: Routing<K, V>,
    operations: OperationSampler,
    keys: KeySampler,
    comparisons: ComparisonsDue<K>,
  ) {
    this.#reader = routing.reader;
    this.#operations = operations;
    this.#keys = keys;
    this.#comparisons = comparisons;
  }

  get(key: K): V | undefined {
    if (--this.left < 0) this.#lookAt(key, "get");
    return this.#reader.get(key);
  }

  has(key: K): boolean {
    if (--this.left < 0) this.#lookAt(key, "has");
    return this.#reader.has(key);
  }

  /** Makes a comparison of `key` due if it is one of those that are compared. */
  compare(key: K, operation: string): void {
    if (this.#keys.share === 1) return this.#comparisons.due(key, operation);
    const hash = this.#keys.hash(key);
    if (this.#keys.includes(hash)) this.#comparisons.due(key, operation, hash);
  }

  #lookAt(key: K, operation: string): void {
    this.#operations.looksAtRead();
    this.compare(key, operation);
  }
}
