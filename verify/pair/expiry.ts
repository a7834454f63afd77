import type { ConcurrentMap, ExpiringMap } from "../../src/concurrent_map.ts";
import { ABSENT } from "../../src/equality/deep_equal.ts";
import type { Difference } from "./difference.ts";
import { traitOf } from "./traits.ts";

/** By how many milliseconds the two sides may let an entry expire apart: the mirror may be late, and clocks are read twice. */
export const EXPIRY_TOLERANCE_MS = 1_000;

/** Whether `map` lets entries expire, and can tell when. */
export function expires<K, V>(map: ConcurrentMap<K, V>): map is ExpiringMap<K, V> {
  return traitOf(map, "expires") !== "never";
}

/** In what the two sides differ if both hold equal values for `key`: in when the entry expires. */
export function expiryDifference<K, V>(
  key: K,
  oldMap: ExpiringMap<K, V>,
  newMap: ExpiringMap<K, V>,
): Difference<K> | undefined {
  const [oldAtMs = NaN, newAtMs = NaN] = [oldMap.expiresAt(key), newMap.expiresAt(key)];
  // Of two that never expire, or of one that has expired by now, the difference is not a number.
  if (!(Math.abs(oldAtMs - newAtMs) > EXPIRY_TOLERANCE_MS)) return undefined;
  return { kind: "expiry", keys: [key], old: oldAtMs, new: newAtMs };
}

/**
 * What a key on one side only means, if the entry expired on the other one.
 *
 * - If both sides let entries expire, it is explained if the entry is about to expire on this side too.
 * - If only the new side does, it is explained: the new map forgets earlier.
 * - Else the new map answers what its callers should not get any more.
 *
 * @returns A diff of kind `expiry`; `explained`; or `undefined` if the entry did not expire.
 */
export function expiredOnOneSide<K, V>(
  { keys, old }: Difference<K>,
  oldMap: ConcurrentMap<K, V>,
  newMap: ConcurrentMap<K, V>,
  nowMs: number,
): Difference<K> | "explained" | undefined {
  const [key] = keys as [K];
  const [without, withKey] = old === ABSENT ? [oldMap, newMap] : [newMap, oldMap];
  if (!expires(without) || !without.expired(key)) return undefined;
  const leftMs = expires(withKey) ? (withKey.expiresAt(key) ?? nowMs) - nowMs : without === newMap ? 0 : Infinity;
  if (leftMs <= EXPIRY_TOLERANCE_MS) return "explained";
  const atMs = nowMs + leftMs;
  return { kind: "expiry", keys, old: without === oldMap ? ABSENT : atMs, new: without === newMap ? ABSENT : atMs };
}
