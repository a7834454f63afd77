import { DEFAULT_TRAITS } from "../../src/abstract_map.ts";
import type { ConcurrentMap, Traits } from "../../src/concurrent_map.ts";

const NAMES = Object.keys(DEFAULT_TRAITS) as (keyof Traits)[];

/**
 * One trait that a side declares. If the side throws, or answers nothing that could be that trait, it is the one of a map that
 * declares none: an error of its `traits` must not reach a caller of the twin.
 */
export function traitOf<K, V, N extends keyof Traits>(map: ConcurrentMap<K, V>, name: N): Traits[N] {
  try {
    const trait = map.traits[name];
    return typeof trait === typeof DEFAULT_TRAITS[name] ? trait : DEFAULT_TRAITS[name];
  } catch {
    return DEFAULT_TRAITS[name];
  }
}

/** All traits of a side, each as by {@link traitOf}. */
export function traitsOf<K, V>(map: ConcurrentMap<K, V>): Traits {
  return Object.fromEntries(NAMES.map((name) => [name, traitOf(map, name)])) as unknown as Traits;
}
