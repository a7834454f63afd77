import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { IntMap } from "@twinmap/twinmap";

/** Park and Miller's generator, with a fixed seed: whole numbers from 0 to before `limit`. */
function numbers(): (limit: number) => number {
  let state = 1;
  return (limit) => {
    state = state * 48271 % 2147483647;
    return state % limit;
  };
}

/** Asserts that both have the same entries, in linear time; `assertEquals` takes quadratic time. */
function assertSameEntries<V>(map: IntMap<V>, model: Map<number, V>): void {
  assertEquals([map.size, [...map].length], [model.size, model.size]);
  assertEquals([...map].filter(([key, value]) => !model.has(key) || model.get(key) !== value), []);
  assertEquals([...model].filter(([key, value]) => map.get(key) !== value), []);
}

/** One of `many` keys of each kind that is easily got wrong. */
function someKey(below: (limit: number) => number, many: number): number {
  const at = below(many);
  return [at, -at, at * 65_536, at * 2 ** 32, -(2 ** 40) + at, Number.MAX_SAFE_INTEGER - at][below(6)] as number;
}

const refused = [1.5, NaN, Infinity, 2 ** 53, "1", 1n, null, undefined, {}, Symbol("a")] as number[];

describe("IntMap", () => {
  it("refuses a key that is not a safe integer, in every operation on one", () => {
    const map = new IntMap<unknown>();
    const operations: ((key: number) => unknown)[] = [
      (key) => map.get(key),
      (key) => map.has(key),
      (key) => map.set(key, 1),
      (key) => map.delete(key),
      (key) => map.getOrInsert(key, 1),
      (key) => map.getOrInsertComputed(key, () => 1),
      (key) => map.getAndDelete(key),
      (key) => map.getAndSet(key, 1),
      (key) => map.compareAndSet(key, undefined, 1),
      (key) => map.compareAndDelete(key, undefined),
      (key) => map.update(key, () => 1),
    ];
    for (const operation of operations) {
      for (const key of refused) {
        assertThrows(() => operation(key), TypeError, "IntMap: key must be a safe integer: received ");
      }
    }
    assertEquals(map.size, 0);
  });

  it("names the operation and the key in its errors", () => {
    const map = new IntMap<number>();
    const must = "in IntMap: key must be a safe integer: received";
    assertThrows(() => map.set(1.5, 1), TypeError, `Cannot set ${must} 1.5`);
    assertThrows(() => map.get("1" as unknown as number), TypeError, `Cannot look up ${must} "1"`);
    const numberLike = { valueOf: () => 1 } as unknown as number;
    assertThrows(() => map.get(numberLike), TypeError, `Cannot look up ${must} an object`);
  });

  it("does not call the callback of update or getOrInsertComputed for a key that it refuses", () => {
    const map = new IntMap<number>();
    let calls = 0;
    assertThrows(() => map.update(0.5, () => calls++), TypeError);
    assertThrows(() => map.getOrInsertComputed(0.5, () => calls++), TypeError);
    assertEquals(calls, 0);
  });

  it("answers as a Map while it grows to many segments and shrinks to a few, twice", () => {
    const below = numbers();
    const map = new IntMap<unknown>();
    const model = new Map<number, unknown>();
    const depths: number[] = [];
    for (let at = 0; at < 900_000; at++) {
      const key = someKey(below, 20_000);
      const isGrowing = at % 450_000 < 150_000;
      if (below(20) < (isGrowing ? 16 : 1)) {
        const value = at % 3 === 0 ? at : at % 3 === 1 ? -at / 7 : `${at}`;
        assertStrictEquals(map.getAndSet(key, value), model.get(key));
        model.set(key, value);
      } else {
        assertStrictEquals(map.delete(key), model.delete(key));
      }
      if (at % 450_000 === 150_000 || at % 450_000 === 449_999) depths.push(map.structure.depth);
    }
    assertSameEntries(map, model);
    const [grown, shrunk, grownAgain, shrunkAgain] = depths as [number, number, number, number];
    assert(grown > shrunk && shrunk < grownAgain && grownAgain > shrunkAgain, depths.join());
    for (const key of model.keys()) map.delete(key);
    assertEquals(map.size, 0);
    assertEquals(map.structure, new IntMap().structure);
  });

  const kinds: Record<string, (at: number) => number> = {
    "whole numbers": (at) => at,
    "negative numbers": (at) => -at,
    "multiples of 2^12": (at) => at * 2 ** 12 | 0,
    "multiples of 2^36": (at) => (at - 50_000) * 2 ** 36,
    "multiples of 86400000": (at) => at * 86_400_000,
    "two halves of 16 bits": (at) => (at % 317) << 16 | at / 317,
    "large numbers": (at) => Number.MAX_SAFE_INTEGER - at,
    "random numbers": (at) => Math.imul(at, 0x9e3779b1),
  };
  for (const [kind, keyAt] of Object.entries(kinds)) {
    it(`holds 100,000 ${kind}, spread evenly and without needless slots`, () => {
      const map = new IntMap<number>();
      for (let at = 0; at < 100_000; at++) map.set(keyAt(at), at);
      assertEquals(map.size, 100_000);
      let wrong = 0;
      for (let at = 0; at < 100_000; at++) if (map.get(keyAt(at)) !== at) wrong++;
      assertEquals(wrong, 0);
      const { segments } = map.structure;
      // 12,500 each, give or take a tenth: the hash is seeded anew for each map, and is no random function.
      assertEquals(segments.length, 8);
      assert(segments.every(({ size }) => Math.abs(size - 12_500) < 2_000), JSON.stringify(segments));
      assert(segments.every(({ slots }) => slots < 12_500 * 2.2), JSON.stringify(segments));
    });
  }

  it("visits 100,000 entries exactly once each while as many more split its segments", () => {
    const map = new IntMap<number>();
    for (let key = 0; key < 100_000; key++) map.set(key, key);
    const depth = map.structure.depth;
    const visits = new Uint8Array(100_000);
    let added = 100_000;
    for (const [key, value] of map) {
      assertEquals(key, value);
      if (key < 100_000) (visits[key] as number)++;
      if (added < 300_000) {
        map.set(added, added);
        map.set(added + 1, added + 1);
        added += 2;
      }
    }
    assert(map.structure.depth > depth);
    assertEquals(visits.findIndex((visited) => visited !== 1), -1);
  });

  it("visits the remaining entries exactly once each while deletes merge its segments", () => {
    const map = new IntMap<number>();
    for (let key = 0; key < 200_000; key++) map.set(key, key);
    const depth = map.structure.depth;
    const visits = new Uint8Array(200_000);
    let deleted = 0;
    for (const key of map.keys()) {
      (visits[key] as number)++;
      for (const end = Math.min(deleted + 4, 200_000); deleted < end; deleted++) {
        if (deleted % 20 !== 0) map.delete(deleted);
      }
    }
    assert(map.structure.depth < depth);
    for (let key = 0; key < 200_000; key += 20) assertEquals(visits[key], 1);
    assertEquals(visits.findIndex((visited) => visited > 1), -1);
  });

  it("returns each value as it was set when numbers and other values alternate", () => {
    const map = new IntMap<unknown>();
    const object = {};
    const values = [1, -0, 0.5, NaN, 2 ** 31, -(2 ** 31), undefined, null, "1", 1n, object, 0];
    for (const first of values) {
      map.clear();
      for (let key = 0; key < 30; key++) map.set(key, first);
      values.forEach((value, key) => map.set(key, value));
      values.forEach((value, key) => assert(Object.is(map.get(key), value), String(value)));
      for (let key = values.length; key < 30; key++) assert(Object.is(map.get(key), first), String(first));
    }
  });

  it("keeps nothing of the entries that were cleared", () => {
    const map = new IntMap<string>();
    for (let key = 0; key < 100_000; key++) map.set(key, "a");
    map.clear();
    assertEquals([map.size, [...map], map.has(1)], [0, [], false]);
    assertEquals(map.structure, new IntMap().structure);
  });
});
