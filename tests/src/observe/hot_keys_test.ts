import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, hotKeys, NativeMap, ShardedMap, twin } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import fc from "fast-check";
import { OPERATIONS, steps } from "../../../testing/conformance/operations.ts";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

describe("hotKeys()", () => {
  it("counts each operation on a key once", () => {
    for (const operation of OPERATIONS.filter(({ name }) => name !== "clear")) {
      for (const entries of [[], [["a", 1]]] as [string, number][][]) {
        const map = hotKeys(new NativeMap(entries));
        operation.onMap(map, { key: "a", value: 2, expected: 1 });
        assertEquals(map.top(), [{ key: "a", count: 1, error: 0 }], operation.name);
        assertEquals(map.counted, 1);
      }
    }
  });

  it("does not count operations on the whole map, and keeps its counts when the map is cleared", () => {
    const map = hotKeys(new NativeMap([["a", 1]]));
    map.get("a");
    map.clear();
    assertEquals(map.size, 0);
    map.forEach(() => {});
    for (const visited of [map, map.entries(), map.keys(), map.values(), map.snapshot()]) {
      assertEquals([...visited], []);
    }
    assertEquals(map.top(), [{ key: "a", count: 1, error: 0 }]);
    assertEquals(map.counted, 1);
  });

  it("counts a call whose callback throws, and the calls that a callback makes", () => {
    const map = hotKeys<string, number>(new NativeMap());
    assertThrows(() => map.getOrInsertComputed("a", () => fail()), Error, "mine");
    assertThrows(() => map.update("a", () => fail()), Error, "mine");
    map.update("a", () => map.set("b", 1).get("b"));
    assertEquals(map.top(), [{ key: "a", count: 3, error: 0 }, { key: "b", count: 2, error: 0 }]);
  });

  it("lists top keys, the most used first, and counts the others as well", () => {
    const map = hotKeys<number, number>(new NativeMap(), { top: 3 });
    for (let key = 1; key <= 9; key++) for (let times = 0; times < key; times++) map.get(key);
    assertEquals(map.top().map(({ key, count }) => [key, count]), [[9, 9], [8, 8], [7, 7]]);
    assertEquals(map.counted, 45);
  });

  it("lists 20 keys by default", () => {
    const map = hotKeys<number, number>(new NativeMap());
    for (let key = 0; key < 1_000; key++) map.get(key);
    assertEquals(map.top().length, 20);
  });

  it("knows each count to within its error, and leaves no hotter key out, under any operations", () => {
    const keys = fc.integer({ min: 0, max: 30 });
    fc.assert(fc.property(fc.array(steps(keys, keys), { size: "+2" }), fc.integer({ min: 1, max: 2 }), (steps, top) => {
      const map = hotKeys<number, number>(new NativeMap(), { top });
      const counts = new Map<number, number>();
      for (const step of steps) {
        step.operation.onMap(map, step);
        if (step.operation.name !== "clear") counts.set(step.key, (counts.get(step.key) ?? 0) + 1);
      }
      const listed = map.top();
      const last = listed.at(-1)?.count ?? 0;
      for (const [key, times] of counts) {
        const { count = last, error = count } = listed.find((hot) => hot.key === key) ?? {};
        assert(count - error <= times && times <= count, `${count - error} <= ${times} <= ${count}`);
      }
    }));
  });

  it("adopts a plain Map, and does not count operations on the Map itself", () => {
    const plain = new Map([["a", 1]]);
    const map = hotKeys(plain);
    plain.set("b", 2);
    assertEquals(map.get("b"), 2);
    map.delete("a");
    assertEquals([...plain], [["b", 2]]);
    assertEquals(map.counted, 2);
  });

  it("has the traits of the map that it observes, as they are now", async () => {
    const clock = new ManualClock();
    const users = twin(new NativeMap<string, number>(), new ShardedMap<string, number>(), { clock });
    const observed = hotKeys(users);
    assertEquals(observed.traits.order, "insertion");
    await moveTo(users, clock, "rampdown");
    assertEquals(observed.traits.order, "none");
  });

  it("forwards peek and evicted of a map that evicts, and counts neither", () => {
    const map = hotKeys(new LruMap<string, number>({ max: 2 }));
    map.set("a", 1).set("b", 2);
    assertEquals([map.traits.evicts, map.peek("a"), map.peek("c")], [true, 1, undefined]);
    map.set("c", 3);
    assertEquals([map.has("a"), map.evicted("a"), map.evicted("c")], [false, true, false]);
    assertEquals(map.counted, 4);
    const native = hotKeys(new NativeMap([["a", 1]]));
    assertEquals([native.peek("a"), native.evicted("a"), native.counted], [1, false, 0]);
  });

  it("can be a side of a twin, even over a map that evicts", async () => {
    const clock = new ManualClock();
    const sessions = hotKeys(new LruMap<string, number>({ max: 2 }));
    const users = twin<string, number>(new Map(), sessions, { clock });
    await moveTo(users, clock, "shadow");
    users.set("a", 1).set("b", 2).set("c", 3).get("a");
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().evicted > 0], [0, true]);
  });

  it("passes itself to the callback of forEach, and returns itself from set", () => {
    const map = hotKeys(new Map([["a", 1]]));
    map.forEach((_value, _key, given) => assertStrictEquals(given, map));
    assertStrictEquals(map.set("b", 1), map);
  });

  it("refuses a top that is not a whole number from 1 to 1000", () => {
    for (const top of [0, 1_001, 1.5, -1, NaN, Infinity]) {
      assertThrows(
        () => hotKeys(new Map(), { top }),
        RangeError,
        `Cannot observe a map: top must be a whole number from 1 to 1000: received ${top}`,
      );
    }
    assertThrows(
      () => hotKeys(new Map(), { top: "5" as unknown as number }),
      TypeError,
      'Cannot observe a map: top must be a whole number from 1 to 1000: received "5"',
    );
    assertEquals(hotKeys(new Map(), { top: 1_000 }).top(), []);
  });

  it("refuses what is not a map", () => {
    for (const wrong of [undefined, null, {}, [], new WeakMap(), 1]) {
      assertThrows(
        () => hotKeys(wrong as unknown as ConcurrentMap<string, number>),
        TypeError,
        "Cannot observe a map: it must be a Map or a ConcurrentMap: received ",
      );
    }
  });
});

function fail(): never {
  throw new Error("mine");
}
