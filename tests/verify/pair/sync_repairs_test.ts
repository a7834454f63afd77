import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, NativeMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KeyVersions } from "../../../verify/pair/key_versions.ts";
import { SyncRepairs } from "../../../verify/pair/sync_repairs.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";

function rig(
  oldMap: ConcurrentMap<string, number>,
  newMap: ConcurrentMap<string, number>,
  { clock = new ManualClock(), mayDelete = true } = {},
): SyncRepairs<string, number> {
  const versions = new KeyVersions(clock, new OperationSampler(1, clock, () => 0), () => 0);
  return new SyncRepairs({
    maps: { old: oldMap, new: newMap },
    versions,
    clock,
    flush: () => {},
    sideOf: () => "old",
    mayDeleteAt: () => mayDelete,
  });
}

const yes = () => true;

describe("SyncRepairs", () => {
  it("changes nothing that is not confirmed", () => {
    const newMap = new NativeMap([["a", 2]]);
    const repairs = rig(new NativeMap([["a", 1]]), newMap);
    const change = { key: "a", side: "new", before: { value: 2 }, after: { value: 1 } };
    assertEquals(JSON.parse(JSON.stringify(repairs.repair("a", () => false))), change);
    assertEquals(newMap.get("a"), 2);
  });

  it("deletes what only the other side has where it may", () => {
    const newMap = new NativeMap([["a", 2]]);
    assertEquals(rig(new NativeMap(), newMap, { mayDelete: false }).repair("a", yes), "equal");
    assertEquals(newMap.size, 1);
    assertEquals(typeof rig(new NativeMap(), newMap).repair("a", yes), "object");
    assertEquals(newMap.size, 0);
  });

  it("leaves a key alone that another thread writes while it is changed", () => {
    for (const [held, method] of [[2, "compareAndSet"], [undefined, "getOrInsertComputed"]] as const) {
      const newMap = new NativeMap<string, number>(held === undefined ? [] : [["a", held]]);
      Object.assign(newMap, {
        [method]: (...args: unknown[]) => {
          newMap.set("a", 7);
          return (NativeMap.prototype[method] as (...args: unknown[]) => unknown).apply(newMap, args);
        },
      });
      assertEquals(rig(new NativeMap([["a", 1]]), newMap).repair("a", yes), "written");
      assertEquals(newMap.get("a"), 7);
    }
  });

  it("gives the entry the time at which it expires, there and back", () => {
    const clock = new ManualClock();
    const maps = () => new LruMap<string, number>({ max: 9, ttlMs: 60_000, clock });
    const [oldMap, newMap] = [maps(), maps()];
    oldMap.set("missing", 1, { ttlMs: 5_000 }).set("value", 1, { ttlMs: 5_000 }).set("time", 1, { ttlMs: 5_000 });
    newMap.set("value", 2, { ttlMs: 9_000 }).set("time", 1, { ttlMs: 9_000 });
    const at = (map: LruMap<string, number>) =>
      ["missing", "value", "time"].map((key) => [map.peek(key), (map.expiresAt(key) ?? NaN) - clock.now()]);
    const repairs = rig(oldMap, newMap, { clock });
    const before = at(newMap);
    const changes = ["missing", "value", "time"].map((key) => repairs.repair(key, yes));
    assertEquals(at(newMap), at(oldMap));
    for (const change of changes) {
      if (typeof change !== "object") throw new Error("The key was not repaired");
      repairs.change({ ...change, before: change.after, after: change.before });
    }
    assertEquals(at(newMap), before);
  });

  it("throws what a side throws", () => {
    const oldMap = new NativeMap([["a", 1]]);
    oldMap.get = () => {
      throw new RangeError("broken");
    };
    assertThrows(() => rig(oldMap, new NativeMap()).repair("a", yes), RangeError, "broken");
  });
});
