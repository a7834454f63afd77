/**
 * Keys that are never compared made a diff of the order, and counted as comparisons that were dropped. A clean sweep stood
 * for a backfill of them too, so a key that nobody had copied was lost at `live`.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, StageError, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

describe("a key that is ignored", () => {
  it("may have another place in the order", async () => {
    const clock = new ManualClock();
    const newMap = new NativeMap<string, number>();
    const users = twin(new NativeMap([["odd", 0], ["a", 1], ["b", 2]]), newMap, {
      clock,
      ignore: (key) => key === "odd",
    });
    await moveTo(users, clock, "shadow");
    newMap.delete("odd");
    newMap.set("odd", 0);
    assertEquals([...users.keys()].length, 3);
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().matched], [0, 1]);
    newMap.delete("a");
    newMap.set("a", 1);
    users.keys();
    await clock.until(users.settle());
    assertEquals(users.report().byKind.order, 1);
  });

  it("is not missing where the queue is full", async () => {
    const clock = new ManualClock();
    const users = twin(new NativeMap<string, number>(), new NativeMap<string, number>(), {
      clock,
      maxPending: 4,
      ignore: (key) => key.startsWith("odd"),
    });
    await moveTo(users, clock, "shadow");
    const before = users.report();
    for (let i = 0; i < 100; i++) users.get(`odd ${i}`);
    await clock.until(users.settle());
    const { due, ignored, dropped, gate } = users.report();
    assertEquals([due - before.due, ignored - before.ignored, dropped], [100, 100, 0]);
    assertEquals(gate.conditions.find(({ name }) => name === "coverage")?.verdict, "pass");
  });

  it("needs a backfill: a clean sweep has not looked at it", async () => {
    const clock = new ManualClock();
    const users = twin(new NativeMap([["odd", 0]]), new NativeMap<string, number>(), {
      clock,
      gate: { threshold: 0.1, holdMs: 0 },
      ignore: (key) => key === "odd",
    });
    users.stage("dualwrite");
    for (let i = 0; i < 500; i++) users.set(`k${i}`, i);
    assertEquals(await clock.until(users.sweep()), true);
    users.stage("shadow");
    const { missing } = assertThrows(() => users.stage("live", { percent: 100 }), StageError);
    assertEquals(missing, ["a backfill must finish"]);
    await clock.until(users.backfill());
    assertEquals(await clock.until(users.sweep()), true);
    users.stage("live", { percent: 100 });
    assertEquals(users.get("odd"), 0);
  });
});
