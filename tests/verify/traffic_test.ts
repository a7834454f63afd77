import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { Traffic } from "../../verify/traffic.ts";
import { ManualClock } from "./manual_clock.ts";

/** A twin at `shadow` of which the share `sample` is compared, and how many comparisons `reads` reads of each key make due. */
async function dueBy(sample: number, reads: number, keys: number): Promise<number> {
  const clock = new ManualClock();
  const users = twin<number, number>(new NativeMap(), new NativeMap(), { clock, sample, maxPending: 2 ** 20 });
  users.stage("dualwrite");
  users.stage("shadow");
  for (let read = 0; read < reads; read++) {
    for (let key = 0; key < keys; key++) users.get(key);
  }
  await clock.until(users.settle());
  return users.report().compared;
}

/** At which of so many reads a `Traffic` looks. */
function looksOf(share: number, reads: number): boolean[] {
  const traffic = new Traffic(share);
  traffic.look("some", "none");
  return Array.from({ length: reads }, () => {
    const looks = ++traffic.reads >= traffic.nextRead;
    if (looks) traffic.chooseRead();
    return looks;
  });
}

describe("Traffic", () => {
  it("looks at all operations from a share of 1/4 up, and at the fewer the smaller it is", () => {
    const strides = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1e-6, 0].map((share) => new Traffic(share).stride);
    assertEquals(strides, [1, 1, 1, 2, 4, 16, 16, 16]);
    assertEquals(looksOf(0.25, 10), new Array(10).fill(true));
  });

  it("looks at one operation in so many on average, at gaps that vary", () => {
    const looks = looksOf(1 / 64, 160_000);
    const seen = looks.filter(Boolean).length;
    assert(Math.abs(seen - 10_000) < 500, `${seen} looks`);
    for (const period of [2, 16, 31, 64, 100]) {
      const phases = new Set(looks.flatMap((looked, at) => looked ? [at % period] : []));
      assertEquals(phases.size, period, `a rhythm of ${period}`);
    }
  });

  it("looks at no operation, or at all of them, where it is told so", () => {
    const traffic = new Traffic(1 / 64);
    assertEquals([traffic.nextRead, traffic.nextSet], [Infinity, Infinity]);
    traffic.look("none", "all");
    for (let write = 1; write < 100; write++) {
      assertEquals(++traffic.writes, traffic.nextSet);
      traffic.chooseSet();
    }
    assertEquals(traffic.nextRead, Infinity);
  });
});

describe("TwinMap", () => {
  it("compares every read of the share of keys that is half of them, and always the same keys", async () => {
    const once = await dueBy(0.5, 1, 4_000);
    assert(Math.abs(once - 2_000) < 200, `${once} keys`);
    assertEquals(await dueBy(0.5, 5, 4_000), 5 * once);
  });

  it("compares one read in 16 of the 64th part of the keys", async () => {
    const due = await dueBy(1 / 64, 100, 6_400);
    assert(Math.abs(due - 625) < 200, `${due} comparisons`);
  });

  it("compares one set in 16 of the 64th part of the keys, and mirrors them all", async () => {
    const clock = new ManualClock();
    const newMap = new Map<number, number>();
    const users = twin<number, number>(new NativeMap(), newMap, { clock, sample: 1 / 64, maxPending: 2 ** 20 });
    users.stage("dualwrite");
    for (let round = 0; round < 100; round++) {
      for (let key = 0; key < 6_400; key++) users.set(key, round);
      await clock.advance(10);
    }
    await clock.until(users.settle());
    const { compared, diffs, operations } = users.report();
    assert(Math.abs(compared - 625) < 200, `${compared} comparisons`);
    assertEquals([diffs, operations.writes, newMap.size], [0, 640_000, 6_400]);
    assert([...newMap.values()].every((value) => value === 99));
  });

  it("counts every set that the new map throws at, and takes no more of them for diffs than of those it compares", () => {
    const clock = new ManualClock();
    class Broken extends Map<number, number> {
      override set(): this {
        throw new Error("out of order");
      }
    }
    const users = twin<number, number>(new Map(), new Broken(), { clock, sample: 1 / 64 });
    users.stage("dualwrite");
    for (let key = 0; key < 16_000; key++) users.set(key, 0);
    const { mirror, byKind } = users.report();
    assertEquals(mirror.errors, 16_000);
    assert(byKind.error > 0 && byKind.error < 60, `${byKind.error} diffs`);
  });

  it("claims nothing of an answer to a key that was set a moment ago without being looked at", async () => {
    const clock = new ManualClock();
    /** Takes effect a little late, as a map elsewhere may. */
    const newMap = new Map<number, number>();
    const users = twin<number, number>(new Map(), newMap, { clock, sample: 1 / 64 });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    await clock.advance(1_000);
    const late = Array.from({ length: 6_400 }, (_, key) => key);
    for (const key of late) users.set(key, 1);
    newMap.clear();
    for (const key of late) users.getAndDelete(key);
    const { byKind, inconclusive } = users.report();
    assertEquals(byKind.result, 0);
    assert(inconclusive > 50, `${inconclusive} inconclusive`);
    for (const key of late) users.set(key, 1);
    await clock.advance(1_000);
    newMap.clear();
    for (const key of late) users.getAndDelete(key);
    assert(users.report().byKind.result > 50, "after a while it does");
  });
});
