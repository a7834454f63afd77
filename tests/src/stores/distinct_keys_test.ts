import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { DistinctKeys } from "../../../src/stores/distinct_keys.ts";

describe("DistinctKeys", () => {
  it("knows which keys have come before, as a Set does", () => {
    const keys = fc.array(fc.uint8Array({ maxLength: 3 }), { maxLength: 200, size: "max" });
    fc.assert(fc.property(keys, (keys) => {
      const distinct = new DistinctKeys(1_000);
      const set = new Set<string>();
      for (const key of keys) {
        assertEquals(distinct.isNew(key), !set.has(String(key)));
        set.add(String(key));
      }
    }));
  });

  it("tells thousands of keys apart, also by their length alone", () => {
    const distinct = new DistinctKeys(2 ** 20);
    const encoder = new TextEncoder();
    for (const isNew of [true, false]) {
      for (let at = 0; at < 3_000; at++) {
        assertEquals(distinct.isNew(encoder.encode(`key ${at}`)), isNew);
        assertEquals(distinct.isNew(new Uint8Array(at)), isNew);
      }
    }
  });

  it("takes keys beyond its number for new ones", () => {
    const distinct = new DistinctKeys(2);
    const keys = [1, 2, 3].map((byte) => Uint8Array.of(byte));
    assertEquals([...keys, ...keys].map((key) => distinct.isNew(key)), [true, true, true, false, false, true]);
    assertEquals(new DistinctKeys(0).isNew(Uint8Array.of(1)), true);
  });
});
