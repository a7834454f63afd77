import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { andThen, type Entry, type Maybe } from "./pair.ts";

/**
 * Makes the value of `key` what `next` says, or removes it, if it is still as it was `seen`; `undefined`: absent. A present entry
 * keeps its time to live.
 *
 * @returns Whether it did.
 * @throws Whatever the map throws, or rejects with.
 */
export function replace<K, V>(
  map: ConcurrentMap<K, V> | AsyncConcurrentMap<K, V>,
  key: K,
  seen: Entry<V> | undefined,
  next: Entry<V> | undefined,
): Maybe<boolean> {
  if (next === undefined) return seen === undefined || map.compareAndDelete(key, seen.value);
  if (seen !== undefined) return map.compareAndSet(key, seen.value, next.value);
  let isInserted = false;
  const compute = () => (isInserted = true, next.value);
  return andThen<V, boolean>(map.getOrInsertComputed(key, compute), () => isInserted);
}
