import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ReadDirtyMap } from "@twinmap/twinmap";

/** A map whose `a`, `b` and `c` are all in `read`. */
function promoted(): ReadDirtyMap<string, number> {
  const map = new ReadDirtyMap<string, number>();
  map.set("a", 1).set("b", 2).set("c", 3);
  for (const key of ["a", "b", "c"]) map.get(key);
  assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 0, amended: false, misses: 0 }, 1]);
  return map;
}

describe("ReadDirtyMap", () => {
  it("puts new keys into dirty, and promotes it after as many misses as it has keys", () => {
    const map = new ReadDirtyMap<string, number>();
    map.set("a", 1).set("b", 2).set("c", 3);
    assertEquals([map.structure, map.promotions], [{ read: 0, dirty: 3, amended: true, misses: 0 }, 0]);
    map.get("a");
    map.has("nobody");
    assertEquals([map.structure, map.promotions], [{ read: 0, dirty: 3, amended: true, misses: 2 }, 0]);
    map.get("a");
    assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 0, amended: false, misses: 0 }, 1]);
  });

  it("answers from read, without a miss, for a key that read has", () => {
    const map = promoted();
    map.set("d", 4);
    for (let i = 0; i < 100; i++) map.get("a");
    map.set("a", 5);
    assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 4, amended: true, misses: 0 }, 1]);
    assertEquals(map.get("a"), 5);
  });

  it("counts a look-up of an absent key as a miss only while dirty has keys that read lacks", () => {
    const map = promoted();
    for (let i = 0; i < 100; i++) map.get("nobody");
    assertEquals([map.structure.misses, map.promotions], [0, 1]);
  });

  it("counts no miss when an absent key is compared or inserted", () => {
    const map = new ReadDirtyMap<string, number>();
    map.set("a", 1).set("b", 2);
    map.compareAndSet("nobody", 1, 2);
    map.compareAndDelete("nobody", 1);
    map.getOrInsert("c", 3);
    assertEquals(map.structure.misses, 0);
    map.compareAndSet("a", 1, 2);
    assertEquals(map.structure.misses, 1);
    map.delete("nobody");
    assertEquals(map.structure.misses, 2);
  });

  it("copies the entries that are not deleted to a new dirty, and expunges the rest", () => {
    const map = promoted();
    map.delete("b");
    assertEquals([map.structure.read, map.size], [3, 2]);
    map.set("d", 4);
    assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 3, amended: true, misses: 0 }, 1]);
  });

  it("adds an expunged key to dirty again when it is set", () => {
    const map = promoted();
    map.delete("b");
    map.set("d", 4);
    map.set("b", 5);
    assertEquals(map.structure.dirty, 4);
    assertEquals(new Map(map), new Map([["a", 1], ["c", 3], ["d", 4], ["b", 5]]));
  });

  it("drops an expunged key at the next promotion", () => {
    const map = promoted();
    map.delete("b");
    map.set("d", 4);
    for (let i = 0; i < 3; i++) map.get("d");
    assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 0, amended: false, misses: 0 }, 2]);
    assertEquals(map.has("b"), false);
  });

  it("sets a deleted key again without dirty, as long as it is not expunged", () => {
    const map = promoted();
    map.delete("b");
    map.set("b", 5);
    assertEquals([map.structure, map.promotions], [{ read: 3, dirty: 0, amended: false, misses: 0 }, 1]);
    assertEquals([map.get("b"), map.size], [5, 3]);
  });

  it("promotes dirty before an iteration", () => {
    const map = promoted();
    map.set("d", 4);
    assertEquals([...map.keys()].length, 4);
    assertEquals([map.structure, map.promotions], [{ read: 4, dirty: 0, amended: false, misses: 0 }, 2]);
  });

  it("ends an iteration that adds a key at each step", () => {
    const map = promoted();
    let visits = 0;
    for (const [key] of map) map.set(`${key}${visits++}`, 0);
    assertEquals([visits, map.size], [3, 6]);
  });
});
