import { assertEquals, assertStrictEquals } from "@std/assert";
import type { AsyncConcurrentMap } from "@twinmap/twinmap";
import fc from "fast-check";

type AnyMap = AsyncConcurrentMap<unknown, unknown>;
type Model = Map<unknown, unknown>;

/** An operation on a map, and the same on a plain `Map`; both return all that their caller can see. */
type Pair = readonly [
  onMap: (map: AnyMap, key: unknown, value: unknown, expected: unknown) => unknown,
  onModel: (model: Model, key: unknown, value: unknown, expected: unknown) => unknown,
];

function holds(model: Model, key: unknown, expected: unknown): boolean {
  return model.has(key) && [model.get(key)].includes(expected);
}

function replaced(model: Model, key: unknown, value: unknown): unknown {
  const before = model.get(key);
  model.set(key, value);
  return before;
}

/** Two entries, which may have the same key. */
const both = (
  key: unknown,
  value: unknown,
  other: unknown,
): [unknown, unknown][] => [[key, value], [other, value], [key, other]];

const OPERATIONS: Record<string, Pair> = {
  get: [(map, key) => map.get(key), (model, key) => model.get(key)],
  has: [(map, key) => map.has(key), (model, key) => model.has(key)],
  size: [(map) => map.size(), (model) => model.size],
  set: [
    async (map, key, value) => await map.set(key, value) === map,
    (model, key, value) => model.set(key, value) === model,
  ],
  delete: [(map, key) => map.delete(key), (model, key) => model.delete(key)],
  clear: [(map) => map.clear(), (model) => model.clear()],
  getMany: [
    async (map, key, value) => [...await map.getMany([key, value, key])],
    (model, key, value) =>
      [...new Set([key, value])].filter((wanted) => model.has(wanted)).map((wanted) => [wanted, model.get(wanted)]),
  ],
  setMany: [
    (map, key, value, expected) => map.setMany(both(key, value, expected)),
    (model, key, value, expected) => both(key, value, expected).forEach((entry) => model.set(...entry)),
  ],
  getOrInsert: [
    (map, key, value) => map.getOrInsert(key, value),
    (model, key, value) => (model.has(key) ? model : model.set(key, value)).get(key),
  ],
  getOrInsertComputed: [
    async (map, key, value) => {
      const computedFor: unknown[] = [];
      const answer = await map.getOrInsertComputed(key, (stored) => {
        computedFor.push(Object.is(stored, -0) ? "-0" : stored);
        return value;
      });
      return [answer, computedFor];
    },
    (model, key, value) => {
      const computedFor = model.has(key) ? [] : [...new Set([key])];
      if (!model.has(key)) model.set(key, value);
      return [model.get(key), computedFor];
    },
  ],
  getAndSet: [(map, key, value) => map.getAndSet(key, value), replaced],
  getAndDelete: [(map, key) => map.getAndDelete(key), (model, key) => {
    const before = model.get(key);
    model.delete(key);
    return before;
  }],
  compareAndSet: [
    (map, key, value, expected) => map.compareAndSet(key, expected, value),
    (model, key, value, expected) => holds(model, key, expected) && model.set(key, value) === model,
  ],
  compareAndDelete: [
    (map, key, _, expected) => map.compareAndDelete(key, expected),
    (model, key, _, expected) => holds(model, key, expected) && model.delete(key),
  ],
  update: [
    async (map, key, value) => {
      const seen: unknown[] = [];
      const answer = await map.update(key, async (current) => {
        seen.push(current);
        return await value;
      });
      return [answer, seen];
    },
    (model, key, value) => {
      const seen = [model.get(key)];
      if (value === undefined) model.delete(key);
      else model.set(key, value);
      return [value, seen];
    },
  ],
};

/** Keys and values that are easily confused. */
const THING = fc.constantFrom<unknown>("a", "1", 1, 0, -0, NaN, null, undefined, false, "__proto__");

/** Runs any operations, one after the other, and compares every answer and the entries with those of a plain `Map`. */
export async function behavesAsMap(makeMap: () => AnyMap): Promise<void> {
  const step = fc.tuple(fc.constantFrom(...Object.keys(OPERATIONS)), THING, THING, THING);
  await fc.assert(fc.asyncProperty(fc.array(step, { size: "+1" }), async (steps) => {
    const map = makeMap();
    const model: Model = new Map();
    for (const [name, ...given] of steps) {
      const [onMap, onModel] = OPERATIONS[name] as Pair;
      assertEquals(await onMap(map, ...given), onModel(model, ...given), name);
      assertEquals(await Array.fromAsync(map), [...model]);
    }
    await showsAs(map, model);
  }));
}

/** Compares all that can be seen of the entries of a map whose order is that of insertion. */
async function showsAs(map: AnyMap, model: Model): Promise<void> {
  assertEquals(await Array.fromAsync(map.entries()), [...model.entries()]);
  assertEquals(await Array.fromAsync(map.keys()), [...model.keys()]);
  assertEquals(await Array.fromAsync(map.values()), [...model.values()]);
  const visited: unknown[] = [];
  const self = {};
  await map.forEach(async function (this: unknown, value, key, given) {
    assertStrictEquals(this, self);
    assertStrictEquals(given, map);
    visited.push(await [key, value]);
  }, self);
  assertEquals(visited, [...model]);
}
