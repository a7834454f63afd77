import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { Codec } from "../../src/stores/codec.ts";

/** A map that is examined, and what is known of it besides. */
export interface ExaminedMap {
  /** The name of its class. */
  readonly name: string;
  readonly map: Pick<AsyncConcurrentMap<unknown, unknown>, "traits" | "get" | "getMany" | "entries" | "keys">;
  /** Whether its methods answer at once: it was lifted. */
  readonly isSynchronous: boolean;
  /** Whether its store has a place for it already, such as a table. If not, nothing of it can be read. */
  readonly exists: boolean;
  /** How it stores values, if that is known. */
  readonly codec?: Codec<unknown> | undefined;
  /** The server that holds it, if there is one. */
  readonly server?: MapServer | undefined;
}

/** The server that holds the entries of a map. */
export interface MapServer {
  /** The server's time, in milliseconds since 1970. */
  now(): Promise<number>;
  /** Which keys the server evicts when its memory is full, as Redis names it; for a server that may evict any. */
  evictionPolicy?(): Promise<string>;
}
