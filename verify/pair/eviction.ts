import type { ConcurrentMap, EvictingMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { Difference, Lookup } from "./difference.ts";
import { expires } from "./expiry.ts";
import { traitOf } from "./traits.ts";

/** Whether `map` removes entries on its own. */
export function evicts<K, V>(map: ConcurrentMap<K, V>): map is EvictingMap<K, V> {
  return traitOf(map, "evicts");
}

/** Reads keys of `map` by `peek` where `get` would change the map. */
export function lookupOf<K, V>(map: ConcurrentMap<K, V>): Lookup<K, V> {
  return evicts(map) || (traitOf(map, "touches") && "peek" in map)
    ? { get: (key) => (map as EvictingMap<K, V>).peek(key), has: (key) => map.has(key) }
    : map;
}

/** Whether the side that lacks the key had evicted it: then the difference is no diff. */
export function isEvicted<K, V>(
  difference: Difference<K>,
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
): boolean {
  const [key] = difference.keys as [K];
  return (difference.old === ABSENT && wasEvicted(oldMap, key)) ||
    (difference.new === ABSENT && wasEvicted(newMap, key));
}

/** Whether a side answered a write as for an absent key, because it had evicted the key, or the entry had expired. */
export function answersEvicted<K, V>(map: ConcurrentMap<K, V>, key: K, answer: unknown): boolean {
  return (answer === undefined || answer === false) &&
    (wasEvicted(map, key) || (expires(map) && map.expired(key)));
}

function wasEvicted<K, V>(map: ConcurrentMap<K, V>, key: K): boolean {
  return evicts(map) && map.evicted(key);
}
