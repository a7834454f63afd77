import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { NativeMap, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A number for each of some of the keys 0 to 39. */
const entries = fc.uniqueArray(fc.tuple(fc.nat(39), fc.nat(1)), { selector: ([key]) => key, maxLength: 40 });

describe("sweep()", () => {
  it("finds every entry that differs, in both directions, and each by its kind", async () => {
    await fc.assert(fc.asyncProperty(entries, entries, async (oldEntries, newEntries) => {
      const clock = new ManualClock();
      const oldMap = new Map(oldEntries);
      const newMap = new Map(newEntries);
      const users = twin(oldMap, newMap, { clock, maxPending: 3 });
      users.stage("dualwrite");
      const clean = await clock.until(users.sweep());
      const { byKind, sweep } = users.report();
      const shared = [...oldMap.keys()].filter((key) => newMap.has(key));
      assertEquals(byKind.missing, oldMap.size - shared.length);
      assertEquals(byKind.extra, newMap.size - shared.length);
      assertEquals(byKind.value, shared.filter((key) => oldMap.get(key) !== newMap.get(key)).length);
      assertEquals(sweep.diffs, byKind.missing + byKind.extra + byKind.value);
      assertEquals([clean, sweep.clean, sweep.state], [sweep.diffs === 0, sweep.diffs === 0, "done"]);
    }));
  });

  it("finds them under live writes to other keys", async () => {
    const clock = new ManualClock(0.01);
    const [oldMap, newMap] = [new Map<string, number>(), new Map<string, number>()];
    const users = twin(oldMap, newMap, { clock, slice: 0.01 });
    users.stage("dualwrite");
    for (let i = 0; i < 300; i++) users.set(`k${i}`, i);
    await clock.until(users.settle());
    newMap.delete("k7");
    newMap.set("k8", -1);
    newMap.set("k1000", 1);
    const swept = users.sweep();
    for (let i = 0; users.report().sweep.state !== "done"; i++) {
      users.set(`k${20 + i % 200}`, i);
      users.delete(`k${20 + (i * 7) % 200}`);
      await clock.advance(5);
    }
    assertEquals(await swept, false);
    const { byKind } = users.report();
    assertEquals([byKind.missing, byKind.value, byKind.extra], [1, 1, 1]);
  });

  it("comes to its end in a map that grows as fast as it is walked", async () => {
    const clock = new ManualClock(0.01);
    const users = twin(new Map([[0, 0]]), new Map([[0, 0]]), { clock, slice: 0.01 });
    users.stage("dualwrite");
    const swept = users.sweep();
    for (let added = 1; users.report().sweep.state !== "done"; added++) {
      assert(added < 1_000);
      for (let i = 0; i < 10; i++) users.set(added * 10 + i, 0);
      await clock.advance(0.02);
    }
    assertEquals(await swept, true);
  });

  it("is aborted, and rejects, if a side can't be walked: it then tells nothing", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const users = twin(new Map([["a", 1]]), newMap, { clock });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    assertEquals(await clock.until(users.sweep()), true);
    newMap.fault = "throws";
    await assertRejects(() => clock.until(users.sweep()), Error, "out of order");
    const { sweep, moves } = users.report();
    assertEquals([sweep.state, sweep.clean], ["aborted", null]);
    newMap.fault = undefined;
    users.stage("shadow");
    assert(
      users.report().moves.some(({ missing }) => missing.includes("a sweep of all keys must finish clean")),
      JSON.stringify(moves),
    );
  });
});
