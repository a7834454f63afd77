import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractMap, NativeMap, type Traits } from "@twinmap/twinmap";
import { inspect } from "node:util";
import { MinimalMap } from "../conformance/minimal_map.ts";

describe("AbstractMap", () => {
  it("declares the weakest traits, unless a class declares others", () => {
    class Ordered extends MinimalMap<string, number> {
      override get traits(): Traits {
        return { ...super.traits, order: "insertion" };
      }
    }
    assertEquals(new MinimalMap().traits, {
      order: "none",
      iteration: "weak",
      maxVisitedOnce: Infinity,
      snapshot: "linear",
      keys: "any",
      values: "reference",
      maxEntries: 2 ** 23,
      maxKeyBytes: Infinity,
      maxValueBytes: Infinity,
      scope: "thread",
      atomic: "store",
      evicts: false,
      touches: false,
      expires: "never",
      expiryPrecisionMs: 0,
    });
    assertEquals(new Ordered().traits, { ...new MinimalMap().traits, order: "insertion" });
  });

  it("lets a class override what it can do faster, and builds the rest on that", () => {
    class Counted extends MinimalMap<string, number> {
      reads = 0;
      override get(key: string): number | undefined {
        this.reads++;
        return super.get(key);
      }
    }
    const map = new Counted().set("a", 1);
    map.update("a", (value = 0) => value + 1);
    assertEquals([map.reads, map.get("a")], [1, 2]);
  });

  it("stores nothing if the class throws", () => {
    class Full extends MinimalMap<string, number> {
      override set(): this {
        throw new RangeError("full");
      }
    }
    const map = new Full();
    const store = [
      () => map.getOrInsert("a", 1),
      () => map.getOrInsertComputed("a", () => 1),
      () => map.getAndSet("a", 1),
      () => map.update("a", () => 1),
    ];
    for (const act of store) assertThrows(act, RangeError, "full");
    assertEquals([...map], []);
  });

  it("is tagged with the name of its class", () => {
    assertEquals(String(new MinimalMap()), "[object MinimalMap]");
    assertEquals(String(new (class Sessions extends NativeMap<string, number> {})()), "[object Sessions]");
  });

  it("is printed like a Map, with the name of its class", () => {
    const asMap = new Map<string, unknown>([["a", { b: 1 }], ["c", [2]]]);
    assertEquals(inspect(new NativeMap(asMap)), inspect(asMap).replace("Map", "NativeMap"));
    assertEquals(inspect([new NativeMap(asMap)]), inspect([asMap]).replace("Map", "NativeMap"));
  });

  it("is printed briefly, however large or deep it is", () => {
    const map = new NativeMap(Array.from({ length: 10_000 }, (_, key): [unknown, unknown] => [key, key]));
    assert(inspect(map).startsWith("NativeMap(10000)"));
    assert(inspect(map).length < 4_000);
    const itself = new NativeMap<string, unknown>();
    assert(inspect(itself.set("itself", itself)).length < 1_000);
  });

  it("becomes the same JSON as a Map, without its entries", () => {
    assertEquals(JSON.stringify({ map: new NativeMap([["a", 1]]) }), JSON.stringify({ map: new Map([["a", 1]]) }));
  });

  it("adds no properties of its own to an instance", () => {
    assertEquals(Object.getOwnPropertyNames(new MinimalMap()), []);
    assert(new NativeMap() instanceof AbstractMap);
  });
});
