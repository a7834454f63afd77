import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Side } from "../stages/stage.ts";
import type { Left } from "./left.ts";

/** A call of a caller that writes to one key. */
export interface KeyWrite<K, V, A> {
  /** The method that was called. */
  readonly operation: string;
  /** Ends the wait of the call. */
  readonly signal: AbortSignal | undefined;
  /**
   * Makes the write on a map.
   *
   * @param watched Makes of a function of the caller's the one to give to the map.
   */
  readonly make: (map: AsyncConcurrentMap<K, V>, watched: Watched) => Promise<A>;
  /** What it left, from its answer. */
  readonly leftBy: (answer: A) => Left<V>;
  /** Whether it may remove the key. */
  readonly mayRemove?: boolean;
}

/** Calls `callback`, and watches what becomes of it. */
export type Watched = <P, R>(callback: (value: P) => R | PromiseLike<R>) => (value: P) => Promise<R>;

/** Runs a function of a caller's while the caller's write is under way. */
export type RunCallback = <R>(callback: () => R | PromiseLike<R>) => Promise<R>;

/** Which way a write goes. */
export interface WriteRoute {
  /** The side that answers for its key. */
  readonly from: Side;
  /** Whether what it leaves is copied to the other side. */
  readonly mirrors: boolean;
  /** Whether to wait for the copy. */
  readonly isInline: boolean;
}
