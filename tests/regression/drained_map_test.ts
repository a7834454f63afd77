/** To begin an iteration took O(n), so that it took O(n²) to take the entries out of a map one by one. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, ReadDirtyMap, ShardedMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SharedMap } from "@twinmap/twinmap/shared";
import { WasmMap } from "@twinmap/twinmap/wasm";
import { Table } from "../../src/shared/table.ts";

/** Takes out the first entry, as long as there is one, and calls `after` each time. Returns the keys. */
function drain(map: ConcurrentMap<number, number>, after = () => {}): number[] {
  const keys: number[] = [];
  for (let first = map.keys().next(); !first.done; first = map.keys().next()) {
    assertEquals(map.delete(first.value), true);
    keys.push(first.value);
    after();
  }
  return keys;
}

function fill(map: ConcurrentMap<number, number>, count: number): void {
  for (let key = 0; key < count; key++) map.set(key, key);
}

/** How many slots of tables are read while `use` runs. */
function countSlots(use: () => void): number {
  const { readSlot } = Table.prototype;
  let reads = 0;
  Table.prototype.readSlot = function (slot, level) {
    reads++;
    return readSlot.call(this, slot, level);
  };
  try {
    use();
  } finally {
    Table.prototype.readSlot = readSlot;
  }
  return reads;
}

describe("a map that is drained from the first entry on", () => {
  it("is read O(n) times in all: LruMap", () => {
    let reads = 0;
    // The cache reads the clock for each entry that it looks at.
    const map = new LruMap<number, number>({ max: 2_000, ttlMs: 1_000, clock: { monotonicMs: () => reads++ && 0 } });
    fill(map, 2_000);
    reads = 0;
    assertEquals(drain(map).length, 2_000);
    assert(reads < 10 * 2_000, `${reads} entries looked at`);
  });

  it("is read O(n) times in all: ReadDirtyMap", () => {
    const map = new ReadDirtyMap<number, number>();
    fill(map, 2_000);
    const passed = (): number => map.structure.read - map.size;
    assertEquals(drain(map, () => assert(passed() <= 1, `${passed()} deleted keys to pass`)).length, 2_000);
  });

  it("is read O(n) times in all: ShardedMap", () => {
    // With a step for each entry that was there before, this would be 2 * 10^10 steps: more than a minute.
    const map = new ShardedMap<number, number>();
    fill(map, 200_000);
    assertEquals(drain(map).length, 200_000);
  });

  for (const name of ["SharedMap", "WasmMap"]) {
    it(`is read O(n) times in all: ${name}`, () => {
      const options = { maxBytes: 2 ** 20 };
      const map = name === "SharedMap"
        ? SharedMap.create<number, number>(options)
        : new WasmMap<number, number>(options);
      fill(map, 2_000);
      const reads = countSlots(() => assertEquals(drain(map).length, 2_000));
      assert(reads < 10 * 2_000, `${reads} slots read`);
    });
  }

  it("is visited once around, wherever the iteration begins: SharedMap", () => {
    const map = SharedMap.create<number, number>({ maxBytes: 2 ** 20 });
    const first = (): number => map.keys().next().value as number;
    fill(map, 100);
    for (let left = 99; left > 50; left--) {
      map.delete(first());
      assertEquals(new Set(map.keys()).size, left);
      assertEquals([...map.keys()].length, left);
    }
    // The number of slots grows while this iteration runs.
    const keys = map.keys();
    const visited = [keys.next().value as number];
    const present = new Set(map.keys());
    for (let key = 1_000; key < 3_000; key++) map.set(key, key);
    visited.push(...keys);
    assertEquals(visited.filter((key) => present.has(key)).length, 51);
    assertEquals(new Set(visited).size, visited.length);
    assertEquals(new Set(map.keys()).size, 2_051);
  });

  it("is empty in the end, whatever is added on the way", () => {
    const shared = SharedMap.create<number, number>({ maxBytes: 2 ** 20 });
    for (const map of [new LruMap<number, number>({ max: 100 }), new ReadDirtyMap(), new ShardedMap(), shared]) {
      fill(map as ConcurrentMap<number, number>, 50);
      let added = 50;
      const add = (): void => {
        if (added < 80) map.set(added++, 0);
      };
      const keys = drain(map as ConcurrentMap<number, number>, add);
      assertEquals([keys.length, new Set(keys).size, map.size], [80, 80, 0]);
    }
  });
});
