import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { refusePromise } from "../../src/promised_answer.ts";
import type { Difference } from "./difference.ts";
import { walked } from "./walk.ts";

/** How many entries of each side are checked for their order. */
const MAX_ORDERED = 1_000;

/**
 * The first two keys that the sides visit in a different order, among the first entries of each. Keys that only one side
 * has, and those that are never compared, are skipped.
 *
 * @param ignores Whether a key is never compared; `undefined` if all are.
 * @returns The key that the old map visits next, and the one that the new map visits instead.
 */
export function orderDifference<K, V>(
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
  ignores?: ((key: K) => boolean) | undefined,
): Difference<K> | undefined {
  const newKeys = firstKeys(newMap, oldMap, ignores);
  let at = 0;
  for (const key of firstKeys(oldMap, newMap, ignores)) {
    if (at === newKeys.length) return undefined;
    const instead = newKeys[at++] as K;
    if (!Object.is(key, instead)) return { kind: "order", keys: [key, instead], old: key, new: instead };
  }
  return undefined;
}

function firstKeys<K, V>(
  map: ConcurrentMap<K, V>,
  other: ConcurrentMap<K, V>,
  ignores: ((key: K) => boolean) | undefined,
): K[] {
  const keys: K[] = [];
  let visited = 0;
  for (const key of walked(map)) {
    if (visited++ === MAX_ORDERED) break;
    const isPresent = other.has(key);
    refusePromise(isPresent, "The map");
    if (isPresent && ignores?.(key) !== true) keys.push(key);
  }
  return keys;
}
