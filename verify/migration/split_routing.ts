import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { type KeyHash, mixHash } from "../../src/keys/key_hash.ts";
import { KeySampler } from "../sampling/key_sampler.ts";
import type { Reader } from "./lane.ts";
import type { Routing } from "./routing.ts";

/** Keeps the choice of the side that answers for a key independent of the choice of the keys that are compared. */
export const PERCENT_SALT = 0x50455243;

/** The new side answers for a percentage of the keys, always the same ones, and the old side for all else. */
export class SplitRouting<K, V> implements Routing<K, V>, Reader<K, V> {
  readonly front: ConcurrentMap<K, V>;
  readonly back: ConcurrentMap<K, V>;
  readonly #newKeys: KeySampler;

  /**
   * @param percent The percentage of keys that the new side answers for, 0 to 100.
   * @param hash The hash of keys.
   */
  constructor(oldMap: ConcurrentMap<K, V>, newMap: ConcurrentMap<K, V>, percent: number, hash: KeyHash) {
    this.front = oldMap;
    this.back = newMap;
    this.#newKeys = new KeySampler(percent / 100, hash);
  }

  get reader(): Reader<K, V> {
    return this;
  }

  get(key: K): V | undefined {
    return this.first(key).get(key);
  }

  has(key: K): boolean {
    return this.first(key).has(key);
  }

  first(key: K): ConcurrentMap<K, V> {
    return this.firstByHash(this.#newKeys.hash(key));
  }

  firstByHash(hash: number): ConcurrentMap<K, V> {
    return this.#newKeys.includes(mixHash(hash, PERCENT_SALT)) ? this.back : this.front;
  }

  other(map: ConcurrentMap<K, V>): ConcurrentMap<K, V> {
    return map === this.front ? this.back : this.front;
  }
}
