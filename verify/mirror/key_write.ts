import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Left } from "./left.ts";

/** A write of a caller to one key. */
export interface KeyWrite<K, V, A> {
  /** Makes the write on a map. */
  readonly make: (map: AsyncConcurrentMap<K, V>) => Promise<A>;
  /** What it left, from its answer. */
  readonly leftBy: (answer: A) => Left<V>;
  /** Whether it may remove the key. */
  readonly mayRemove?: boolean;
}

/** Which way a write goes. */
export interface WriteRoute {
  /** The side that answers for its key. */
  readonly from: Side;
  /** Whether what it leaves is copied to the other side. */
  readonly mirrors: boolean;
  /** Whether to wait for the copy. */
  readonly isInline: boolean;
}
