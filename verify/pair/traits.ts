import { DEFAULT_TRAITS } from "../../src/abstract_map.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";

/**
 * What a side declares, or what a map declares that declares nothing, if the side throws or answers nothing: an error of its `traits` must not
 * reach a caller of the twin.
 */
export function traitsOf<K, V>(map: ConcurrentMap<K, V>): Traits {
  try {
    return map.traits ?? DEFAULT_TRAITS;
  } catch {
    return DEFAULT_TRAITS;
  }
}
