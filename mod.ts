/**
 * Change the map under a running service, and prove that the change is safe.
 *
 * @module
 */

export type { ConcurrentMap, Traits } from "./src/concurrent_map.ts";
export { NativeMap } from "./src/native_map.ts";
