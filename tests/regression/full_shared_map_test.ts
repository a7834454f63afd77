/** A full `SharedMap` refused to replace values, and, after chosen keys or many threads, even to delete. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap, type TableMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";

type Value = string | number;

const MAPS: Record<string, (maxBytes: number) => TableMap<number, Value>> = {
  WasmMap: (maxBytes) => new WasmMap<number, Value>({ maxBytes }),
  SharedMap: (maxBytes) => SharedMap.create<number, Value>({ maxBytes }),
};

/** Sets keys until there is no memory left, and returns how many. */
function fill(map: TableMap<number, Value>, value: Value): number {
  let count = map.size;
  assertThrows(() => {
    for (;; count++) map.set(count, value);
  }, CapacityError);
  return count;
}

for (const [name, create] of Object.entries(MAPS)) {
  describe(`A full ${name}`, () => {
    for (const length of [1, 16, 300, 4_000, 60_000]) {
      it(`takes values as long as those that are there, of ${length} characters, and every delete`, () => {
        const map = create(2 ** 20);
        const count = fill(map, "a".repeat(length));
        assert(count > 0);
        for (let round = 0; round < 3; round++) {
          for (let key = 0; key < count; key++) {
            const [old, next] = [round % 2 === 0 ? "a" : "b", round % 2 === 0 ? "b" : "a"].map((c) => c.repeat(length));
            if (key % 4 === 0) map.set(key, next as string);
            if (key % 4 === 1) assertEquals(map.compareAndSet(key, old as string, next as string), true);
            if (key % 4 === 2) assertEquals(map.update(key, () => next), next);
            if (key % 4 === 3) assertEquals(map.getAndSet(key, next as string), old);
          }
          assertEquals(map.size, count);
        }
        assertEquals(map.get(count - 1), "b".repeat(length));
        for (let key = 0; key < count; key++) assertEquals(map.delete(key), true);
        assertEquals([map.size, fill(map, "a".repeat(length))], [0, count]);
      });
    }

    it("adds to the numbers that are there", () => {
      const map = create(2 ** 18);
      const count = fill(map, 1);
      for (let key = 0; key < count; key++) assertEquals(map.add(key, key), key + 1);
      assertThrows(() => map.add(count, 1), CapacityError);
      assertEquals(map.size, count);
    });
  });
}

describe("A full SharedMap that many threads have used", () => {
  it("takes values as long as those that are there, and every delete", () => {
    const map = SharedMap.create<number, Value>({ maxBytes: 2 ** 18 });
    const count = fill(map, "a".repeat(100));
    for (let key = 0; key < count; key++) {
      const other = SharedMap.attach<number, Value>(map.handle);
      other.set(key, "b".repeat(100));
      assertEquals(other.get(key), "b".repeat(100));
      if (key % 2 === 0) assertEquals(SharedMap.attach<number, Value>(map.handle).delete(key), true);
    }
    assertEquals(map.size, count >> 1);
  });
});
