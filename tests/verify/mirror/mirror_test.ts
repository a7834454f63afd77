import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { NativeMap, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { operationsOn } from "../../operations.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const operation = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(17)).map(([key, expected, value, which]) =>
  operationsOn<number, number>(key, expected, value)[which]
);

/** Counts the writes that reach a map. */
class CountedMap extends NativeMap<string, number> {
  writes = 0;

  override set(key: string, value: number): this {
    this.writes++;
    return super.set(key, value);
  }
}

describe("Mirror, queued", () => {
  it("keeps to its bound, and leaves the other side as if each write had been applied at once", async () => {
    const acts = fc.array(fc.tuple(operation, fc.nat(5)), { maxLength: 60 });
    await fc.assert(fc.asyncProperty(acts, fc.integer({ min: 1, max: 5 }), async (acts, maxPending) => {
      const clock = new ManualClock(0.01);
      const [oldMap, newMap] = [new NativeMap<number, number>(), new NativeMap<number, number>()];
      const users = twin(oldMap, newMap, { clock, mirror: "queued", maxPending, slice: 0.01 });
      users.stage("dualwrite");
      for (const [operation, ms] of acts) {
        operation?.run(users);
        assert(users.report().mirror.pending <= maxPending);
        if (ms === 0) await clock.advance(1);
      }
      await clock.until(users.settle());
      assertEquals([...newMap], [...oldMap]);
    }));
  });

  it("has a caller that finds it full apply one write, and no more", async () => {
    const clock = new ManualClock();
    const newMap = new CountedMap();
    const users = twin(new NativeMap<string, number>(), newMap, { clock, mirror: "queued", maxPending: 100 });
    users.stage("dualwrite");
    for (let i = 0; i < 100; i++) users.set(`k${i}`, i);
    assertEquals([newMap.writes, users.report().mirror.overruns], [0, 0]);
    users.set("k100", 100);
    assertEquals([newMap.writes, users.report().mirror.overruns], [1, 1]);
    assertEquals(users.report().mirror.pending, 100);
    await clock.until(users.settle());
    assertEquals([newMap.size, users.report().mirror.pending], [101, 0]);
  });

  it("finds room for a write that comes while the queue is full, even if onDiff writes too when the oldest one is applied", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new Map([["a", 1]]), new Map([["a", 1]])];
    const users = twin(oldMap, newMap, {
      clock,
      mirror: "queued",
      maxPending: 2,
      onDiff: () => users.set("d", 1),
    });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    newMap.delete("a");
    await clock.advance(1_000);
    // The other side answers the first write differently. It is applied when the queue is full.
    users.delete("a");
    users.set("b", 1);
    users.set("c", 1);
    assertEquals(oldMap.get("d"), 1);
    await clock.until(users.settle());
    assertEquals([...newMap], [...oldMap]);
  });

  it("holds the event loop no longer than a slice at a time", async () => {
    const clock = new ManualClock(1);
    const newMap = new CountedMap();
    const users = twin(new NativeMap<string, number>(), newMap, { clock, sample: 0, mirror: "queued", slice: 3 });
    users.stage("dualwrite");
    for (let i = 0; i < 10; i++) users.set(`k${i}`, i);
    const after = new Set<number>();
    while (newMap.writes < 10) {
      await clock.advance(1);
      after.add(newMap.writes);
    }
    assertEquals(after, new Set([3, 6, 9, 10]));
  });

  it("goes on after a write at which the other side throws", async () => {
    const clock = new ManualClock();
    const inner = new NativeMap<string, number>();
    const newMap = new FaultyMap(inner);
    const users = twin(new NativeMap<string, number>(), newMap, { clock, mirror: "queued" });
    users.stage("dualwrite");
    newMap.fault = "flaky";
    for (let i = 0; i < 10; i++) users.set(`k${i}`, i);
    await clock.advance(1);
    assertEquals([inner.size, users.report().mirror.errors], [8, 2]);
  });
});

describe("Mirror, inline", () => {
  it("has applied a write before the call returns, and keeps nothing", () => {
    const newMap = new CountedMap();
    const users = twin(new NativeMap<string, number>(), newMap, { clock: new ManualClock(), maxPending: 1 });
    users.stage("dualwrite");
    for (let i = 0; i < 10; i++) {
      users.set("a", i);
      assertEquals(newMap.get("a"), i);
    }
    const { mode, pending, overruns } = users.report().mirror;
    assertEquals([mode, pending, overruns], ["inline", 0, 0]);
  });
});
