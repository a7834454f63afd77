import { keyHash } from "../../src/keys/key_hash.ts";
import type { Route } from "./routing.ts";
import type { Reader } from "./sampled_reads.ts";

/** Answers reads at the stage at which their key decides which side answers. */
export class SplitReads<K, V> implements Reader<K, V> {
  readonly #route: Route<K, V>;

  constructor(route: Route<K, V>) {
    this.#route = route;
  }

  /** The value of `key`, or `undefined` if there is none. */
  get(key: K): V | undefined {
    return this.#route.answering(keyHash(key)).get(key);
  }

  /** Whether `key` has a value, be it `undefined`. */
  has(key: K): boolean {
    return this.#route.answering(keyHash(key)).has(key);
  }
}
