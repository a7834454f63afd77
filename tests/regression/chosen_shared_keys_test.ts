/** 2^(k-1) keys of k chunks shared one slot of a `SharedMap`, whatever its seed; once it was full, it refused to delete most of them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap, type TableMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import { COLLIDING } from "../../testing/colliding_keys.ts";

const MAPS: Record<string, () => TableMap<string, number>> = {
  WasmMap: () => new WasmMap({ maxBytes: 2 ** 17 }),
  SharedMap: () => SharedMap.create({ maxBytes: 2 ** 17 }),
};

for (const [name, create] of Object.entries(MAPS)) {
  describe(`A ${name} that is full of chosen keys`, () => {
    it("replaces the value of each, and deletes it, in any order", () => {
      for (const isReversed of [false, true]) {
        const map = create();
        const there: string[] = [];
        assertThrows(() => {
          for (const key of COLLIDING) {
            map.set(key, 1);
            there.push(key);
          }
        }, CapacityError);
        assert(there.length > 500);
        if (isReversed) there.reverse();
        for (const key of there) assertEquals(map.add(key, 1), 2);
        for (const key of there) assertEquals(map.delete(key), true);
        assertEquals(map.size, 0);
      }
    });
  });
}
