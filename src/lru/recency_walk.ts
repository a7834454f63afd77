/** The part of a cache that a walk needs. */
export interface RecencyCache<T> {
  /** Iterates over `[key, value]`, the most recently used first; it may not be used meanwhile. */
  entries(): Iterable<[T, T]>;
}

/**
 * Visits each entry of a cache once, the most recently used first. It follows the cache from entry to entry, so it
 * begins in O(1). Once the cache is used meanwhile, its order changes: the walk then copies the entries that are not
 * visited yet, and continues with the copy.
 *
 * @param changes Counts the operations that may have moved or removed entries.
 */
export function* walkByRecency<T>(cache: RecencyCache<T>, changes: () => number): Generator<[T, T]> {
  const changesBefore = changes();
  const visited: T[] = [];
  for (const entry of cache.entries()) {
    visited.push(entry[0]);
    yield entry;
    if (changes() !== changesBefore) break;
  }
  if (changes() === changesBefore) return;
  const isVisited = new Set(visited);
  for (const entry of [...cache.entries()]) if (!isVisited.has(entry[0])) yield entry;
}
