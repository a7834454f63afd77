import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { Reader } from "./lane.ts";

/** Which side answers for which key. That side is written first. */
export interface Routing<K, V> {
  /** The side that answers operations on the whole map. */
  readonly front: ConcurrentMap<K, V>;
  readonly back: ConcurrentMap<K, V>;
  /** Answers reads by the side that answers for their key. */
  readonly reader: Reader<K, V>;
  /** The side that answers for `key`. */
  first(key: K): ConcurrentMap<K, V>;
  /** The side that answers for the keys with this hash. */
  firstByHash(hash: number): ConcurrentMap<K, V>;
  /** The side that is not `map`. */
  other(map: ConcurrentMap<K, V>): ConcurrentMap<K, V>;
}

/** One side answers for every key. */
export class FrontRouting<K, V> implements Routing<K, V> {
  readonly front: ConcurrentMap<K, V>;
  readonly back: ConcurrentMap<K, V>;
  readonly reader: Reader<K, V>;

  constructor(front: ConcurrentMap<K, V>, back: ConcurrentMap<K, V>) {
    this.front = front;
    this.back = back;
    this.reader = front;
  }

  first(): ConcurrentMap<K, V> {
    return this.front;
  }

  firstByHash(): ConcurrentMap<K, V> {
    return this.front;
  }

  other(map: ConcurrentMap<K, V>): ConcurrentMap<K, V> {
    return map === this.front ? this.back : this.front;
  }
}
