import type { ConcurrentMap } from "@twinmap/twinmap";

/** One operation of a caller; `run` performs it and returns what the caller sees. */
export interface Operation<K, V> {
  readonly name: string;
  /** Whether it concerns the whole map rather than a single key. */
  readonly ofWhole: boolean;
  readonly run: (map: ConcurrentMap<K, V>) => unknown;
}

/** Every operation of a map, with the given key and values. */
export function operationsOn<K, V>(key: K, expected: V, value: V): Operation<K, V>[] {
  const ofKey: Omit<Operation<K, V>, "ofWhole">[] = [
    { name: "get", run: (map) => map.get(key) },
    { name: "has", run: (map) => map.has(key) },
    { name: "set", run: (map) => map.set(key, value) === map },
    { name: "delete", run: (map) => map.delete(key) },
    { name: "getOrInsert", run: (map) => map.getOrInsert(key, value) },
    { name: "getOrInsertComputed", run: (map) => map.getOrInsertComputed(key, () => value) },
    { name: "getAndDelete", run: (map) => map.getAndDelete(key) },
    { name: "getAndSet", run: (map) => map.getAndSet(key, value) },
    { name: "compareAndSet", run: (map) => map.compareAndSet(key, expected, value) },
    { name: "compareAndDelete", run: (map) => map.compareAndDelete(key, expected) },
    { name: "update", run: (map) => map.update(key, (current) => current === undefined ? value : undefined) },
  ];
  const ofMap: Omit<Operation<K, V>, "ofWhole">[] = [
    { name: "clear", run: (map) => map.clear() },
    { name: "size", run: (map) => map.size },
    { name: "entries", run: (map) => [...map] },
    { name: "keys", run: (map) => [...map.keys()] },
    { name: "values", run: (map) => [...map.values()] },
    { name: "snapshot", run: (map) => [...map.snapshot()] },
    {
      name: "forEach",
      run: (map) => {
        const seen: unknown[] = [];
        map.forEach((value, key, self) => seen.push([key, value, self === map]));
        return seen;
      },
    },
  ];
  return [
    ...ofKey.map((operation) => ({ ...operation, ofWhole: false })),
    ...ofMap.map((operation) => ({ ...operation, ofWhole: true })),
  ];
}

/** What a caller gets from an operation: the returned value or the thrown error. */
export function outcome(run: () => unknown): { returned: unknown } | { threw: string } {
  try {
    return { returned: run() };
  } catch (error) {
    return { threw: String(error) };
  }
}
