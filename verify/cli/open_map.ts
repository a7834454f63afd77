import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { ExaminedMap } from "../doctor/examined_map.ts";

/** What a map is opened for: to be read; to `change` what it holds; or to `write` to a new one, which is created. */
export type Access = "read" | "change" | "write";

/** A map that is open, to be disposed of. */
export interface OpenMap extends ExaminedMap, AsyncDisposable {
  readonly map: AsyncConcurrentMap<unknown, unknown>;
}
