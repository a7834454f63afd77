import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { IntNumberMap } from "@twinmap/twinmap";
import fc from "fast-check";

const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, NaN, 2 ** 31, -(2 ** 31)));

describe("IntNumberMap", () => {
  it("adds to a number as + does, to 0 where there is none, and returns the sum", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), numbers)), (additions) => {
      const map = new IntNumberMap();
      const model = new Map<number, number>();
      for (const [key, delta] of additions) {
        const sum = (model.get(key) ?? 0) + delta;
        model.set(key, sum);
        assert(Object.is(map.add(key, delta), sum), `${sum}`);
        assert(Object.is(map.get(key), sum), `${sum}`);
      }
      assertEquals(new Map(map), model);
      assertEquals(map.size, model.size);
    }));
  });

  it("keeps every number unchanged, including NaN and -0", () => {
    fc.assert(fc.property(fc.array(numbers), (values) => {
      const map = new IntNumberMap();
      values.forEach((value, key) => map.set(key, value));
      values.forEach((value, key) => assert(Object.is(map.get(key), value), `${value}`));
    }));
  });

  it("refuses a value that is not a number, and changes nothing", () => {
    const map = new IntNumberMap().set(1, 5);
    const one = "1" as unknown as number;
    const operations: (() => unknown)[] = [
      () => map.set(1, one),
      () => map.set(2, one),
      () => map.getOrInsert(1, one),
      () => map.getOrInsert(2, one),
      () => map.getOrInsertComputed(2, () => one),
      () => map.getAndSet(1, one),
      () => map.compareAndSet(1, 5, one),
      () => map.update(1, () => one),
    ];
    for (const operation of operations) {
      assertThrows(operation, TypeError, 'Cannot set in IntNumberMap: value must be a number: received "1"');
    }
    assertThrows(() => map.add(1, one), TypeError, 'Cannot add in IntNumberMap: delta must be a number: received "1"');
    assertThrows(() => map.set(1, undefined as unknown as number), TypeError, "received undefined");
    assertEquals([...map], [[1, 5]]);
  });

  it("refuses a key that is not a safe integer, in every operation on one", () => {
    const map = new IntNumberMap();
    const operations: ((key: number) => unknown)[] = [
      (key) => map.get(key),
      (key) => map.has(key),
      (key) => map.set(key, 1),
      (key) => map.add(key, 1),
      (key) => map.delete(key),
      (key) => map.getOrInsert(key, 1),
      (key) => map.getOrInsertComputed(key, () => 1),
      (key) => map.getAndDelete(key),
      (key) => map.getAndSet(key, 1),
      (key) => map.compareAndSet(key, 0, 1),
      (key) => map.compareAndDelete(key, 0),
      (key) => map.update(key, () => 1),
    ];
    for (const operation of operations) {
      assertThrows(() => operation(2 ** 53), TypeError, "IntNumberMap: key must be a safe integer: received 900719");
      assertThrows(() => operation(null as unknown as number), TypeError, "received null");
    }
    assertEquals(map.size, 0);
  });

  it("counts as a Map does while it grows to many segments and shrinks again", () => {
    const map = new IntNumberMap();
    const model = new Map<number, number>();
    let state = 1;
    for (let at = 0; at < 300_000; at++) {
      state = state * 48271 % 2147483647;
      const key = (state % 60_000) * (at % 2 === 0 ? 1 : -(2 ** 33));
      const delta = at % 1_000 === 0 ? 0.5 : 1;
      const isRemoval = at < 200_000 ? at % 7 === 0 : at % 8 !== 0;
      if (isRemoval) assertEquals(map.getAndDelete(key), model.get(key));
      if (isRemoval) model.delete(key);
      else model.set(key, (model.get(key) ?? 0) + delta);
      if (!isRemoval) assertEquals(map.add(key, delta), model.get(key));
      if (at === 200_000) assert(map.structure.segments.length >= 4);
    }
    assertEquals([map.size, [...map].length], [model.size, model.size]);
    assertEquals([...map].filter(([key, value]) => model.get(key) !== value), []);
  });
});
