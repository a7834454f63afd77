/** A new map whose `has` always answered false passed every sweep: a look asked `has` only where `get` found nothing. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ForwardingMap, NativeMap, twin } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "../../testing/manual_clock.ts";

class WithoutHas extends ForwardingMap<string, unknown> {
  override has(): boolean {
    return false;
  }
}

const entries = (count: number, value: () => unknown) =>
  Array.from({ length: count }, (_, i): [string, unknown] => [`k${i}`, value()]);

describe("a map whose has is wrong", () => {
  for (const [values, value] of [["identical", () => 1], ["equal", () => ({ a: 1 })]] as const) {
    for (const side of ["new", "old"] as const) {
      it(`is found by a sweep over ${values} values, on the ${side} side`, async () => {
        const clock = new ManualClock();
        const [right, wrong] = [entries(20, value), new WithoutHas(new NativeMap(entries(20, value)))];
        const [oldMap, newMap] = side === "old" ? [wrong, new Map(right)] : [new Map(right), wrong];
        const users = twin<string, unknown>(oldMap, newMap, { clock, at: { stage: "shadow" } });
        assertEquals(await clock.until(users.sweep()), false);
        const { byKind, diffs, late } = users.report();
        assertEquals([byKind[side === "new" ? "missing" : "extra"] === diffs, diffs > 0, late], [true, true, 0]);
      });
    }
  }

  it("is found by comparisons of reads", async () => {
    const clock = new ManualClock();
    const newMap = new WithoutHas(new NativeMap(entries(20, () => 1)));
    const users = twin<string, unknown>(new Map(entries(20, () => 1)), newMap, { clock, at: { stage: "shadow" } });
    for (let i = 0; i < 20; i++) users.get(`k${i}`);
    await clock.until(users.settle());
    const { byKind, late } = users.report();
    assertEquals([byKind.missing > 0, late], [true, 0]);
  });
});

/** Goes on by a millisecond whenever it is asked, so that the two sides let an entry expire at different reads. */
class TickingClock extends ManualClock {
  #ticks = 0;

  override monotonicMs(): number {
    return super.monotonicMs() + this.#ticks++;
  }
}

describe("a map whose entries expire", () => {
  it("is not taken for one whose has is wrong, though entries expire between get and has", async () => {
    let explained = 0;
    for (let ttlMs = 20; ttlMs < 120; ttlMs++) {
      const clock = new TickingClock();
      const maps = [0, 1].map(() => new LruMap<string, number>({ max: 10, ttlMs, clock }));
      for (const map of maps) for (let i = 0; i < 5; i++) map.set(`k${i}`, i);
      const [oldMap, newMap] = maps as [LruMap<string, number>, LruMap<string, number>];
      const users = twin<string, number>(oldMap, newMap, { clock, at: { stage: "shadow" } });
      for (let i = 0; i < 5; i++) users.get(`k${i}`);
      await clock.until(users.sweep());
      const { diffs, late, evicted } = users.report();
      assertEquals([diffs, late], [0, 0]);
      explained += evicted;
    }
    assert(explained > 0);
  });
});
