import type { ConcurrentMap } from "../src/concurrent_map.ts";
import { keyHash } from "../src/key_hash.ts";
import type { Route } from "./route.ts";
import type { Traffic } from "./traffic.ts";

/** What answers reads of a key. */
export type Reader<K, V> = Pick<ConcurrentMap<K, V>, "get" | "has">;

/** Takes the comparisons that fall due. */
export interface ComparisonsDue<K> {
  /** Makes a comparison of `key` due. */
  due(key: K, operation: string): void;
}

/**
 * Answers reads at the stages at which they are compared, or their key decides which side answers. At the others the map that
 * answers stands in its place: there a read is not even asked whether it is looked at.
 */
export class WatchedReads<K, V> implements Reader<K, V> {
  readonly #route: Route<K, V>;
  readonly #traffic: Traffic;
  readonly #comparisons: ComparisonsDue<K>;

  constructor(route: Route<K, V>, traffic: Traffic, comparisons: ComparisonsDue<K>) {
    this.#route = route;
    this.#traffic = traffic;
    this.#comparisons = comparisons;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    const { reads, nextRead } = this.#traffic;
    return reads < nextRead ? this.#route.front.get(key) : this.#lookAt(key, "get").get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    const { reads, nextRead } = this.#traffic;
    return reads < nextRead ? this.#route.front.has(key) : this.#lookAt(key, "has").has(key);
  }

  /** The side that answers for `key`, after its comparison was made due if it is sampled. */
  #lookAt(key: K, operation: string): ConcurrentMap<K, V> {
    const route = this.#route;
    this.#traffic.chooseRead();
    if (!route.hashesReads) {
      this.#comparisons.due(key, operation);
      return route.front;
    }
    const hash = keyHash(key);
    if (route.compares(hash)) this.#comparisons.due(key, operation);
    return route.answering(hash);
  }
}
