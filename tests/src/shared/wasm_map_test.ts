import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, WasmMap } from "@twinmap/twinmap/wasm";

describe("WasmMap", () => {
  it("has the name and the traits of its class", () => {
    const map = new WasmMap<string, number>({ maxBytes: 2 ** 20 });
    assertEquals(map[Symbol.toStringTag], "WasmMap");
    const { maxEntries = 0, ...traits } = map.traits;
    assertEquals(traits, {
      order: "none",
      iteration: "weak",
      maxVisitedOnce: Infinity,
      snapshot: "linear",
      keys: "strings and integers",
      values: "copy",
      maxKeyBytes: Infinity,
      maxValueBytes: Infinity,
      scope: "thread",
      atomic: "store",
      evicts: false,
      touches: false,
      expires: "never",
      expiryPrecisionMs: 0,
    });
    assert(maxEntries > 0.8 * 2 ** 20 / 64 && maxEntries < 2 ** 20 / 64, `${maxEntries}`);
  });

  it("keeps objects as copies, through its codec", () => {
    const map = new WasmMap<string, unknown>({ maxBytes: 2 ** 16 });
    const value = { list: [1, "two", null] };
    map.set("a", value);
    value.list.push(2);
    assertEquals(map.get("a"), { list: [1, "two", null] });
    assertEquals(map.compareAndSet("a", { list: [1, "two", null] }, 1), true);
    const codec = {
      encode: (big: bigint) => new TextEncoder().encode(`${big}`),
      decode: (encoded: string | Uint8Array) => BigInt(new TextDecoder().decode(encoded as Uint8Array)),
    };
    const bigs = new WasmMap<number, bigint>({ maxBytes: 2 ** 16, codec });
    assertEquals(bigs.set(1, 2n ** 900n).get(1), 2n ** 900n);
    assertEquals([...bigs.snapshot()], [[1, 2n ** 900n]]);
  });

  it("shares nothing with other maps", () => {
    const maps = Array.from({ length: 20 }, () => new WasmMap<number, number>({ maxBytes: 2 ** 16 }));
    for (const [at, map] of maps.entries()) for (let key = 0; key < 30; key++) map.set(key, at);
    for (const [at, map] of maps.entries()) assertEquals(new Set(map.values()), new Set([at]));
  });

  it("refuses bad arguments", () => {
    const map = new WasmMap({ maxBytes: 2 ** 16 }) as WasmMap<never, unknown>;
    const must = "Cannot use WasmMap: key must be a string or a safe integer: received";
    for (const [key, received] of [[1.5, "1.5"], [NaN, "NaN"], [2 ** 53, "9007199254740992"], [null, "null"]]) {
      for (const use of [map.get, map.has, map.delete]) {
        assertThrows(() => use.call(map, key as never), TypeError, `${must} ${received}`);
      }
    }
    assertThrows(() => map.set("a" as never, () => {}), TypeError, "received a function");
    assertThrows(() => map.set("a" as never, "v".repeat(2 ** 16)), CapacityError, "Cannot write to WasmMap");
    assertThrows(() => map.set("a" as never, new Uint8Array(2 ** 27)), RangeError, "value must be of length 2^27 - 1");
    assertEquals([map.size, map.has("a" as never)], [0, false]);
    assertThrows(() => new WasmMap({ maxBytes: 2 ** 32 + 1 }), RangeError, "Cannot create WasmMap: maxBytes must be");
    assertThrows(() => new WasmMap(1 as never), TypeError, "Cannot create WasmMap: entries must be an iterable");
  });
});
