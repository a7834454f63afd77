import type { ConcurrentMap } from "../concurrent_map.ts";
import { NativeMap } from "./native_map.ts";
import { received } from "../received.ts";

/**
 * Adopts a plain `Map`, without copying it, and returns a `ConcurrentMap` as it is.
 *
 * @param map The map.
 * @param subject The beginning of the error message, such as "Cannot create a twin: the old map".
 * @throws {TypeError} If it is neither a `Map` nor a `ConcurrentMap`.
 */
export function asConcurrentMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, subject: string): ConcurrentMap<K, V> {
  if (map instanceof Map) return NativeMap.adopt(map);
  if (typeof map?.compareAndSet !== "function" || typeof map.traits !== "object") {
    throw new TypeError(`${subject} must be a Map or a ConcurrentMap: ${received(map)}`);
  }
  return map;
}
