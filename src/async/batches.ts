/** The share of the smallest item: a power of 2, so that shares add up exactly. */
const MIN_SHARE = 1 / 1_024;

/**
 * Divides items into batches, each of which a store takes in one go: up to 1,024 items.
 *
 * @param shareOf Returns which part of what the store takes in one go an item is. A batch of several items has 1 at most.
 */
export function* batchesOf<T>(items: Iterable<T>, shareOf: (item: T) => number = () => MIN_SHARE): Generator<T[]> {
  let batch: T[] = [];
  let taken = 0;
  for (const item of items) {
    const share = Math.max(MIN_SHARE, shareOf(item));
    if (batch.length > 0 && taken + share > 1) {
      yield batch;
      [batch, taken] = [[], 0];
    }
    batch.push(item);
    taken += share;
  }
  if (batch.length > 0) yield batch;
}
