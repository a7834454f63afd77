/** `update` and `getOrInsertComputed` with functions that use the map themselves. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";

const long = "l".repeat(200);

const MAPS = {
  WasmMap: () => new WasmMap<string, unknown>({ maxBytes: 2 ** 20 }),
  SharedMap: () => SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 }),
};

for (const [name, create] of Object.entries(MAPS)) {
  describe(`A function that a ${name} calls`, () => {
    it("can use the map, and what it writes to its own key is overwritten", () => {
      const uses: ((map: ReturnType<typeof create>) => void)[] = [
        (map) => map.set("a", "by itself"),
        (map) => map.delete("a"),
        (map) => map.clear(),
        (map) => map.add("n", 1),
        (map) => map.update("a", () => long),
        (map) => map.update("a", () => undefined),
        (map) => map.getOrInsertComputed("a", () => long),
        (map) => map.getOrInsertComputed("b", () => map.update("c", () => map.get("a"))),
        (map) => [...map].concat([[long, map.size]]),
        (map) => {
          for (let at = 0; at < 300; at++) map.set(`${at}${long}`, at);
          for (let at = 0; at < 300; at++) map.delete(`${at}${long}`);
        },
      ];
      // One map for all, as making its memory takes longer than everything else here.
      const map = create();
      for (const use of uses) {
        for (const value of [1, "text", long, { a: 1 }, null]) {
          for (const before of [undefined, "before"]) {
            map.clear();
            if (before !== undefined) map.set("a", before);
            const seen: unknown[] = [];
            const updated = map.update("a", (current) => {
              seen.push(current);
              use(map);
              return value;
            });
            assertEquals([updated, map.get("a"), seen], [value, value, [before]]);
            map.delete("a");
            const computed = map.getOrInsertComputed("a", (key) => {
              seen.push(key);
              use(map);
              return value;
            });
            assertEquals([computed, map.get("a"), seen], [value, value, [before, "a"]]);
            map.update("a", () => void use(map));
            assertEquals(map.has("a"), false);
          }
        }
      }
    });

    it("changes nothing when it throws, except what it wrote itself", () => {
      const map = create();
      map.set("a", 1);
      const thrown = () => {
        map.set("b", 2);
        throw new RangeError("no");
      };
      assertThrows(() => map.update("a", thrown), RangeError, "no");
      assertThrows(() => map.getOrInsertComputed("c", thrown), RangeError, "no");
      assertEquals(new Map(map), new Map([["a", 1], ["b", 2]]));
      for (let at = 0; at < 500; at++) map.set(`${at}`, at);
      assertEquals([map.size, map.update("a", (value) => [value])], [502, [1]]);
    });

    it("is not called by getOrInsertComputed for a key that is present", () => {
      const map = create();
      map.set("a", undefined);
      assertEquals(map.getOrInsertComputed("a", () => 1), undefined);
      assertEquals(map.getOrInsertComputed("b", () => undefined), undefined);
      assertEquals([map.has("b"), map.size], [true, 2]);
    });
  });
}

describe("A function that a SharedMap calls", () => {
  it("is called again by update, and not by getOrInsertComputed, when another thread wrote meanwhile", () => {
    const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 });
    const other = SharedMap.attach<string, unknown>(map.handle);
    const writes = [
      () => other.set("a", "theirs"),
      () => other.delete("a"),
      () => other.clear(),
    ];
    for (const write of writes) {
      map.set("a", "ours");
      const seen: unknown[] = [];
      map.update("a", (current) => {
        if (seen.push(current) === 1) write();
        return long;
      });
      assertEquals(seen.length, 2);
      assertEquals(map.get("a"), long);
    }
    map.delete("a");
    let calls = 0;
    const compute = () => {
      calls++;
      other.set("a", "theirs");
      return "ours";
    };
    assertEquals([map.getOrInsertComputed("a", compute), calls, map.get("a")], ["theirs", 1, "theirs"]);
  });
});
