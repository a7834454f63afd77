import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";

const KEYS = 40;

/** Goes on by a little whenever it is asked, so that a slice is over after a few steps, and there is one to a millisecond. */
class TickingClock extends ManualClock {
  #ticks = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + ++this.#ticks / 1_000;
  }

  override schedule(task: () => void, delayMs: number): () => void {
    return super.schedule(task, Math.max(1, delayMs));
  }
}

describe("SyncPair", () => {
  it("finds the keys that differ, and no others, whatever is due before, between and after them", async () => {
    const differing = fc.uniqueArray(fc.nat(KEYS - 1), { maxLength: 4 });
    const rounds = fc.array(
      fc.record({ reads: fc.array(fc.nat(KEYS - 1), { maxLength: 60 }), isDropped: fc.boolean(), slices: fc.nat(9) }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(differing, rounds, async (different, rounds) => {
        const clock = new TickingClock();
        const entries = Array.from({ length: KEYS }, (_, key): [number, string] => [key, `${key}`]);
        const newMap = new Map(entries);
        const users = twin(new Map(entries), newMap, { clock, slice: 0.001 });
        users.stage("dualwrite");
        users.stage("shadow");
        for (const key of different) newMap.set(key, "other");
        let readsOfDifferent = 0;
        for (const { reads, isDropped, slices } of rounds) {
          for (const key of reads) users.get(key);
          for (let slice = 0; slice < slices; slice++) await clock.advance(1);
          if (isDropped) {
            for (const stage of ["dualwrite", "off", "dualwrite", "shadow"] as const) users.stage(stage);
          } else {
            await clock.until(users.settle());
            readsOfDifferent += reads.filter((key) => different.includes(key)).length;
          }
        }
        const { diffs, late } = users.report();
        assertEquals([diffs, late], [readsOfDifferent, 0]);
      }),
      { numRuns: 200 },
    );
  });

  it("measures one look in 16 on both sides, be the values the same or only equal", async () => {
    for (const make of [() => "the same", () => ({ equal: true })]) {
      const clock = new ManualClock();
      const entries = () => Array.from({ length: 100 }, (_, key) => [key, make()] as const);
      const users = twin<number, unknown>(new Map(entries()), new Map(entries()), { clock });
      users.stage("dualwrite");
      users.stage("shadow");
      for (let read = 0; read < 1_600; read++) users.get(read % 100);
      await clock.until(users.settle());
      const { latency, matched } = users.report();
      assertEquals([matched, latency.old.count, latency.new.count], [1_600, 100, 100]);
    }
  });

  it("takes what it saw ahead for nothing if a map wrote when it was asked", async () => {
    const clock = new ManualClock();
    /** Has a key written when it is asked for another, and then forgets it. */
    class Restless extends Map<string, number> {
      override get(key: string): number | undefined {
        if (key === "asked") users.set("written", 2);
        return key === "written" ? 1 : super.get(key);
      }
    }
    const entries: [string, number][] = [["first", 0], ["asked", 0], ["written", 1]];
    const users = twin(new Map(entries), new Restless(entries), { clock });
    users.stage("dualwrite");
    users.stage("shadow");
    for (const [key] of entries) users.get(key);
    await clock.advance(1_000);
    const { matched, byKind } = users.report();
    assertEquals([matched, byKind.value > 0], [1, true]);
  });

  it("takes what it saw ahead of one key for no other, though a sweep looks at keys in between", async () => {
    await fc.assert(fc.asyncProperty(fc.nat(KEYS - 1), fc.nat(20), fc.nat(20), async (different, before, during) => {
      const clock = new TickingClock();
      const entries = Array.from({ length: KEYS }, (_, key): [number, string] => [key, `${key}`]);
      const newMap = new Map(entries);
      const users = twin(new Map(entries), newMap, { clock, slice: 0.001 });
      users.stage("dualwrite");
      users.stage("shadow");
      newMap.set(different, "other");
      for (const [key] of entries) users.get(key);
      for (let slice = 0; slice < before; slice++) await clock.advance(1);
      const swept = users.sweep();
      for (let slice = 0; slice < during; slice++) await clock.advance(1);
      await clock.until(swept);
      await clock.until(users.settle());
      assertEquals(users.report().diffs, 2);
    }));
  });
});
