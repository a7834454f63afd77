import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { NativeMap, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A number for each of some of the keys 0 to 39. */
const entries = fc.uniqueArray(fc.tuple(fc.nat(39), fc.nat(1)), { selector: ([key]) => key, maxLength: 40 });

/** Iterates over the keys that there were, and has something written at each step. */
class WritingMap extends NativeMap<string, number> {
  readonly #write: () => void;

  constructor(write: () => void) {
    super();
    this.#write = write;
  }

  override *entries(): MapIterator<[string, number]> {
    for (const entry of [...super.entries()]) {
      yield entry;
      this.#write();
    }
  }

  override *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }
}

/** Gives its keys again and again. */
class EndlessMap extends Map<string, number> {
  override *keys(): MapIterator<string> {
    for (;;) yield* [...super.keys()];
  }
}

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
      const isInOrder = [...newMap.keys()].filter((key) => oldMap.has(key)).every((key, at) => key === shared[at]);
      assertEquals(byKind.missing, oldMap.size - shared.length);
      assertEquals(byKind.extra, newMap.size - shared.length);
      assertEquals(byKind.value, shared.filter((key) => oldMap.get(key) !== newMap.get(key)).length);
      assertEquals(byKind.order, isInOrder ? 0 : 1);
      assertEquals(sweep.diffs, byKind.missing + byKind.extra + byKind.value + byKind.order);
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

  it("finds two keys in another order, wherever they are, while others are written", async () => {
    const clock = new ManualClock(0.001);
    const oldMap = new Map(Array.from({ length: 3_000 }, (_, key) => [key, 0]));
    const newMap = new Map([...oldMap].with(2_500, [2_501, 0]).with(2_501, [2_500, 0]));
    const users = twin(oldMap, newMap, { clock, slice: 0.1, reveal: true });
    users.stage("dualwrite");
    const swept = users.sweep();
    for (let i = 0; users.report().sweep.state !== "done"; i++) {
      users.delete(i * 7 % 2_000);
      users.set(i * 7 % 2_000, 0);
      await clock.advance(5);
    }
    assertEquals(await swept, false);
    const { byKind, sweep, recent: [diff], due, compared, inconclusive } = users.report();
    assertEquals([byKind.order, sweep.diffs, sweep.late, sweep.clean], [1, 1, 0, false]);
    assertEquals([diff?.operation, diff?.old, diff?.new], ["sweep", "2500", "2501"]);
    assertEquals(compared + inconclusive, due);
  });

  it("finds no order between two maps in one order, however keys are moved meanwhile", async () => {
    const clock = new ManualClock(0.01);
    const entries = Array.from({ length: 300 }, (_, key): [number, number] => [key, 0]);
    const users = twin(new Map(entries), new Map(entries), { clock, slice: 0.1, mirror: "queued" });
    users.stage("dualwrite");
    const swept = users.sweep();
    for (let i = 0; users.report().sweep.state !== "done"; i++) {
      for (let key = 0; key < 300; key += 3) {
        users.delete((key + i) % 300);
        users.set((key + i) % 300, 0);
      }
      await clock.advance(0.2);
    }
    assertEquals([await swept, users.report().diffs], [true, 0]);
  });

  it("calls an order late that is the same by the time it is looked at again", async () => {
    const clock = new ManualClock();
    const newMap = new Map([["b", 0], ["a", 0]]);
    const users = twin(new Map([["a", 0], ["b", 0]]), newMap, { clock });
    users.stage("dualwrite");
    const swept = users.sweep();
    await clock.advance(1);
    newMap.delete("b");
    newMap.set("b", 0);
    assertEquals(await clock.until(swept), false);
    assertEquals([users.report().diffs, users.report().sweep.late], [0, 1]);
  });

  it("claims nothing about the order if keys are moved whenever it walks a map that does not iterate live", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 0], ["b", 0]]), new WritingMap(() => users.delete("a") && users.set("a", 0)), {
      clock,
    });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    assertEquals(await clock.until(users.sweep()), false);
    const { diffs, sweep } = users.report();
    assertEquals([diffs, sweep.inconclusive, sweep.state], [0, 1, "done"]);
  });

  it("is aborted, and so is a backfill, if a map gives keys without end", async () => {
    const message = "Cannot walk a map: it gave 10011 keys, and has 1";
    for (const isOld of [true, false]) {
      const clock = new ManualClock();
      const endless = NativeMap.adopt(new EndlessMap([["a", 1]]), { traits: { order: "none" } });
      const other = new Map([["a", 1]]);
      const users = isOld ? twin(endless, other, { clock }) : twin(other, endless, { clock });
      users.stage("dualwrite");
      await assertRejects(() => clock.until(users.backfill()), RangeError, message);
      await assertRejects(() => clock.until(users.sweep()), RangeError, message);
      const { backfill, sweep } = users.report();
      assertEquals([backfill.state, sweep.state], ["aborted", "aborted"]);
    }
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
