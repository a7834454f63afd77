/** To begin an iteration took O(n), so that it took O(n²) to take the entries out of a map one by one. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, ReadDirtyMap, ShardedMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";

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

  it("is empty in the end, whatever is added on the way", () => {
    for (const map of [new LruMap<number, number>({ max: 100 }), new ReadDirtyMap(), new ShardedMap()]) {
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
