import type { ConcurrentMap, EvictingMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../equality/deep_equal.ts";
import type { Difference } from "./difference.ts";

/** What it takes to look at one key. */
export type Reader<K, V> = Pick<ConcurrentMap<K, V>, "get" | "has">;

/** Whether `map` removes entries on its own. */
export function evicts<K, V>(map: ConcurrentMap<K, V>): map is EvictingMap<K, V> {
  return map.traits.evicts;
}

/** Looks at the keys of `map` and changes nothing: in a map that evicts, no key counts as used for it. */
export function readerOf<K, V>(map: ConcurrentMap<K, V>): Reader<K, V> {
  return evicts(map) ? { get: (key) => map.peek(key), has: (key) => map.has(key) } : map;
}

/** Whether a side evicted the key that it is found to lack: that is no diff. */
export function isEvicted<K, V>(
  found: Difference<K>,
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
): boolean {
  const [key] = found.keys as [K];
  return (found.old === ABSENT && wasEvicted(oldMap, key)) || (found.new === ABSENT && wasEvicted(newMap, key));
}

/** Whether a side answered a write as it does for an absent key, since it had evicted it. */
export function answersEvicted<K, V>(map: ConcurrentMap<K, V>, key: K, answer: unknown): boolean {
  return (answer === undefined || answer === false) && wasEvicted(map, key);
}

function wasEvicted<K, V>(map: ConcurrentMap<K, V>, key: K): boolean {
  return evicts(map) && map.evicted(key);
}
