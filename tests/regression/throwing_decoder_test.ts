/** `getAndDelete` and `getAndSet` lost the value that the codec could not decode. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Codec, SharedMap, type TableMap, type TableOptions } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";

type Box = { n: number };

const MAPS: Record<string, (options: TableOptions<Box>) => TableMap<string, Box>> = {
  WasmMap: (options) => new WasmMap(options),
  SharedMap: (options) => SharedMap.create(options),
};

for (const [name, create] of Object.entries(MAPS)) {
  describe(`A ${name} whose codec throws`, () => {
    it("keeps the value that it could not decode", () => {
      let isBroken = false;
      const codec: Codec<Box> = {
        encode: ({ n }) => `${n}`,
        decode: (encoded) => {
          if (isBroken) throw new RangeError("broken");
          return { n: Number(encoded) };
        },
      };
      const map = create({ maxBytes: 2 ** 16, codec });
      map.set("a", { n: 1 });
      isBroken = true;
      for (const use of [() => map.getAndDelete("a"), () => map.getAndSet("a", { n: 2 }), () => map.get("a")]) {
        assertThrows(use, RangeError, "broken");
      }
      isBroken = false;
      assertEquals([map.get("a"), map.size], [{ n: 1 }, 1]);
      assertEquals([map.getAndSet("a", { n: 2 }), map.getAndDelete("a"), map.size], [{ n: 1 }, { n: 2 }, 0]);
    });
  });
}

describe("A SharedMap whose codec writes to the map through another object", () => {
  it("returns the value that it replaced", () => {
    let writes = 1;
    const other = (): SharedMap<string, unknown> => SharedMap.attach(map.handle);
    const codec: Codec<unknown> = {
      encode: (value) => JSON.stringify(value),
      decode: (encoded) => {
        if (writes-- > 0) other().set("a", "theirs");
        return JSON.parse(encoded as string);
      },
    };
    const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 16, codec });
    map.set("a", { n: 1 });
    assertEquals([map.getAndSet("a", { n: 2 }), map.get("a")], ["theirs", { n: 2 }]);
    writes = 1;
    assertEquals([map.getAndDelete("a"), map.size], ["theirs", 0]);
  });
});
