import type { ConcurrentMap } from "../concurrent_map.ts";
import { NativeMap } from "./native_map.ts";

/**
 * A map by its interface: a plain `Map` is adopted, not copied.
 *
 * @param map What is to be a map.
 * @param subject What the error begins with, such as "Cannot create a twin: the old map".
 * @throws {TypeError} If it is neither a `Map` nor a `ConcurrentMap`.
 */
export function asConcurrentMap<K, V>(map: ConcurrentMap<K, V> | Map<K, V>, subject: string): ConcurrentMap<K, V> {
  if (map instanceof Map) return NativeMap.adopt(map);
  if (typeof map?.compareAndSet !== "function" || typeof map.traits !== "object") {
    throw new TypeError(`${subject} must be a Map or a ConcurrentMap: received ${typeof map}`);
  }
  return map;
}
