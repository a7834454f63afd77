import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import { StoreError } from "../../src/store_error.ts";
import { asyncIterated } from "../pair/walk.ts";
import { KeyBatches } from "../work/key_batches.ts";
import type { DiffProgress } from "./progress.ts";

/** How many keys are looked at together. */
export const BATCH = 500;

/** All keys of either map, in batches: those of the old one, then those that the new one has alone. */
export async function* searchKeys<K, V>(
  oldMap: AsyncConcurrentMap<K, V>,
  newMap: AsyncConcurrentMap<K, V>,
  progress: DiffProgress,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly K[]> {
  yield* batches(oldMap, progress, signal);
  for await (const batch of batches(newMap, progress, signal)) {
    const isOld = await Promise.all(batch.map((key) => hasKey(oldMap, key, signal)));
    yield batch.filter((_, at) => !isOld[at]);
  }
}

async function* batches<K, V>(
  map: AsyncConcurrentMap<K, V>,
  progress: DiffProgress,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly K[]> {
  const keys = asyncIterated(map.keys({ signal }));
  const batches = new KeyBatches(keys);
  try {
    for (let batch = await batches.next(BATCH); batch.length > 0; batch = await batches.next(BATCH)) {
      signal?.throwIfAborted();
      progress.entries += batch.length;
      yield batch;
    }
  } finally {
    await keys[Symbol.asyncIterator]().return?.();
  }
}

async function hasKey<K, V>(map: AsyncConcurrentMap<K, V>, key: K, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    return await map.has(key, { signal });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    // The map does not take such a key.
    return false;
  }
}
