import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { ExaminedMap } from "../doctor/examined_map.ts";

/** What a map is opened for. To `write`, what does not exist is created. */
export type Access = "read" | "write";

/** A map that is open, to be disposed of. */
export interface OpenMap extends ExaminedMap, AsyncDisposable {
  readonly map: AsyncConcurrentMap<unknown, unknown>;
}
