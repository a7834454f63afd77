/** Every operation of a `ConcurrentMap`, and the same one on a plain `Map`, to compare them. */
import type { ConcurrentMap } from "../../mod.ts";
import fc from "fast-check";

/** The arguments of an operation. */
export interface Given<K, V> {
  readonly key: K;
  readonly value: V;
  readonly expected: V;
}

/** An operation that returns all that its caller can see. */
export interface Operation {
  readonly name: string;
  readonly onMap: <K, V>(map: ConcurrentMap<K, V>, given: Given<K, V>) => unknown;
  readonly onModel: <K, V>(model: Map<K, V>, given: Given<K, V>) => unknown;
}

/** As `Map` compares keys. */
function holds<K, V>(model: Map<K, V>, key: K, expected: V): boolean {
  return model.has(key) && [model.get(key)].includes(expected);
}

/** The operations on one key, and `clear`. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: "get",
    onMap: (map, { key }) => map.get(key),
    onModel: (model, { key }) => model.get(key),
  },
  {
    name: "has",
    onMap: (map, { key }) => map.has(key),
    onModel: (model, { key }) => model.has(key),
  },
  {
    name: "set",
    onMap: (map, { key, value }) => map.set(key, value) === map,
    onModel: (model, { key, value }) => model.set(key, value) === model,
  },
  {
    name: "delete",
    onMap: (map, { key }) => map.delete(key),
    onModel: (model, { key }) => model.delete(key),
  },
  {
    name: "clear",
    onMap: (map) => map.clear(),
    onModel: (model) => model.clear(),
  },
  {
    name: "getOrInsert",
    onMap: (map, { key, value }) => map.getOrInsert(key, value),
    onModel: (model, { key, value }) => (model.has(key) ? model : model.set(key, value)).get(key),
  },
  {
    name: "getOrInsertComputed",
    onMap: (map, { key, value }) => {
      const computedFor: unknown[] = [];
      const there = map.getOrInsertComputed(key, (stored) => {
        computedFor.push(stored);
        return value;
      });
      return [there, computedFor];
    },
    onModel: (model, { key, value }) => {
      const stored = [...new Set([key])];
      if (model.has(key)) stored.pop();
      else model.set(key, value);
      return [model.get(key), stored];
    },
  },
  {
    name: "getAndDelete",
    onMap: (map, { key }) => map.getAndDelete(key),
    onModel: (model, { key }) => {
      const before = model.get(key);
      model.delete(key);
      return before;
    },
  },
  {
    name: "getAndSet",
    onMap: (map, { key, value }) => map.getAndSet(key, value),
    onModel: (model, { key, value }) => {
      const before = model.get(key);
      model.set(key, value);
      return before;
    },
  },
  {
    name: "compareAndSet",
    onMap: (map, { key, expected, value }) => map.compareAndSet(key, expected, value),
    onModel: (model, { key, expected, value }) => holds(model, key, expected) && model.set(key, value) === model,
  },
  {
    name: "compareAndDelete",
    onMap: (map, { key, expected }) => map.compareAndDelete(key, expected),
    onModel: (model, { key, expected }) => holds(model, key, expected) && model.delete(key),
  },
  {
    name: "update to a value",
    onMap: (map, { key, value }) => {
      const seen: unknown[] = [];
      const next = map.update(key, (current) => {
        seen.push(current);
        return value;
      });
      return [next, seen];
    },
    onModel: (model, { key, value }) => {
      const seen = [model.get(key)];
      if (value === undefined) model.delete(key);
      else model.set(key, value);
      return [value, seen];
    },
  },
  {
    name: "update to undefined",
    onMap: (map, { key }) => map.update(key, () => undefined),
    onModel: (model, { key }) => void model.delete(key),
  },
];

/** An operation and its arguments. */
export interface Step<K, V> extends Given<K, V> {
  readonly operation: Operation;
}

/** Any operation on these keys and values; `clear` is rare. */
export function steps<K, V>(keys: fc.Arbitrary<K>, values: fc.Arbitrary<V>): fc.Arbitrary<Step<K, V>> {
  const operation = fc.oneof(...OPERATIONS.map((operation) => ({
    weight: operation.name === "clear" ? 1 : 8,
    arbitrary: fc.constant(operation),
  })));
  return fc.record({ operation, key: keys, value: values, expected: values });
}

/** All that can be seen of the entries of an ordered map. */
export function contents<K, V>(map: ConcurrentMap<K, V> | Map<K, V>): unknown {
  const visited: [V, K][] = [];
  map.forEach((value: V, key: K) => void visited.push([value, key]));
  return {
    size: map.size,
    entries: [...map.entries()],
    iterated: [...map],
    keys: [...map.keys()],
    values: [...map.values()],
    visited: visited.map(([value, key]) => [key, value]),
  };
}
