import type { ExaminedMap } from "../doctor/examined_map.ts";

/** A map that is open, to be disposed of. */
export interface OpenMap extends ExaminedMap, AsyncDisposable {}
