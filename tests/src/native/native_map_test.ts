import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AdoptOptions, NativeMap } from "@twinmap/twinmap";

describe("NativeMap", () => {
  it("begins with the entries it is given", () => {
    assertEquals([...new NativeMap([["a", 1], ["b", 2], ["a", 3]])], [["a", 3], ["b", 2]]);
    assertEquals(new NativeMap().size, 0);
    assertEquals(new NativeMap(null).size, 0);
  });

  it("refuses entries that are none, as Map does", () => {
    assertThrows(() => new NativeMap([1] as unknown as [string, number][]), TypeError);
    assertThrows(() => new NativeMap(1 as unknown as [string, number][]), TypeError);
  });

  it("adopts a Map without copying it: both show what the other was told", () => {
    const map = new Map([["a", 1]]);
    const adopted = NativeMap.adopt(map);
    map.set("b", 2);
    assertEquals(adopted.get("b"), 2);
    adopted.delete("a");
    assertEquals(map.has("a"), false);
  });

  it("leaves to an adopted Map what its class does in its own way", () => {
    class Upper extends Map<string, number> {
      override get(key: string): number | undefined {
        return super.get(key.toUpperCase());
      }
    }
    assertStrictEquals(NativeMap.adopt(new Upper([["A", 1]])).get("a"), 1);
  });

  it("refuses to adopt what is no Map", () => {
    for (const wrong of [undefined, {}, [], new WeakMap()]) {
      assertThrows(
        () => NativeMap.adopt(wrong as Map<string, number>),
        TypeError,
        "Cannot adopt a map: it must be a Map: received",
      );
    }
  });

  it("takes what its owner says of an adopted Map for its traits, and peeks as told", () => {
    const map = new Map([["a", 1]]);
    assertEquals(NativeMap.adopt(map).traits, new NativeMap().traits);
    const adopted = NativeMap.adopt(map, { peek: () => 7, traits: { evicts: true, maxEntries: 9 } });
    assertEquals(adopted.traits, { ...new NativeMap().traits, evicts: true, maxEntries: 9 });
    assertEquals([adopted.get("a"), adopted.peek("a"), NativeMap.adopt(map).peek("a")], [1, 7, 1]);
  });

  it("may have evicted any key of an adopted Map that evicts and can't tell, and none of others", () => {
    const evicts = { traits: { evicts: true } };
    assertEquals(NativeMap.adopt(new Map(), evicts).evicted("a"), true);
    assertEquals(
      NativeMap.adopt(new Map<string, number>(), { ...evicts, evicted: (key) => key === "b" }).evicted("a"),
      false,
    );
    assertEquals([new NativeMap().evicted("a"), NativeMap.adopt(new Map()).evicted("a")], [false, false]);
  });

  it("refuses options that are none", () => {
    const adopt = (options: unknown) =>
      NativeMap.adopt(new Map<string, number>(), options as AdoptOptions<string, number>);
    assertThrows(() => adopt({ peek: 1 }), TypeError, "Cannot adopt a map: peek must be a function: received 1");
    assertThrows(
      () => adopt({ traits: null }),
      TypeError,
      "Cannot adopt a map: traits must be an object: received null",
    );
    assertThrows(() => adopt({ traits: { sorted: true } }), TypeError, 'unknown option "traits.sorted"');
    assertThrows(() => adopt({ traits: { expires: "entry" } }), RangeError, 'traits.expires must be "never"');
    assertThrows(() => adopt({ traits: { evicts: "no" } }), TypeError, "traits.evicts must be a boolean");
    assertThrows(
      () => adopt({ traits: { scope: "shared" } }),
      RangeError,
      'traits.scope must be "thread" or "process"',
    );
    assertThrows(() => adopt({ look: 1 }), TypeError, 'Cannot adopt a map: unknown option "look"');
  });
});
