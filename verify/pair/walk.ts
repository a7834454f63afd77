import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { traitOf } from "./traits.ts";

/**
 * The keys that `map` has now, one by one, while it is written. Keys that are added meanwhile may be among them, unless the
 * map takes snapshots in constant time.
 *
 * A map in insertion order is walked for as many keys as it has at the start: the keys of that moment come first, and a
 * walk to the end would never finish in a map that grows as fast as it is walked. In a map that reads change, the walk would
 * meet again what is read on the way: its keys are taken all at once.
 */
export function* keysOf<K, V>(map: ConcurrentMap<K, V>): Generator<K, void, void> {
  if (traitOf(map, "snapshot") === "constant") {
    for (const [key] of map.snapshot()) yield key;
    return;
  }
  if (traitOf(map, "touches")) {
    yield* [...map.keys()];
    return;
  }
  let left = traitOf(map, "order") === "insertion" ? map.size : Infinity;
  if (left === 0) return;
  for (const key of map.keys()) {
    yield key;
    if (--left === 0) return;
  }
}

/** Whether `map` is known to be empty: not if it throws when it is asked. */
export function isEmpty<K, V>(map: ConcurrentMap<K, V>): boolean {
  try {
    return map.size === 0;
  } catch {
    return false;
  }
}
