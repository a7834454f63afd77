import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { Pace } from "../../../verify/work/pace.ts";

/** The numbers of keys that steps take over stores with which `msOf` so many keys take so long. */
function keysOf(steps: number, msOf: (keys: number) => number): number[] {
  const pace = new Pace(new ManualClock(), Infinity);
  return Array.from({ length: steps }, () => {
    const keys = pace.next(10_000);
    pace.stepTook(msOf(keys));
    return keys;
  });
}

describe("Pace", () => {
  it("doubles the number of keys in flight up to 1,024, and takes one alone every 16 steps", () => {
    const keys = keysOf(17, () => 5);
    assertEquals(keys.slice(0, 8), [16, 1, 32, 64, 128, 256, 512, 1_024]);
    assertEquals(keys[16], 1_024);
    assertEquals(keysOf(18, () => 5)[17], 1);
  });

  it("keeps a step within 20 ms of what a single key takes, also over stores that are far away", () => {
    for (const baseMs of [1, 200]) {
      const last = keysOf(200, (keys) => baseMs + keys / 10).slice(100).filter((keys) => keys > 1);
      assert(Math.max(...last) <= 216, `received ${Math.max(...last)}`);
      assert(Math.min(...last) >= 90, `received ${Math.min(...last)}`);
    }
  });

  it("takes fewer keys when the stores grow slow", () => {
    let msOfKey = 0.01;
    const keys = keysOf(200, (keys) => {
      const ms = 1 + keys * msOfKey;
      if (keys === 1_024) msOfKey = 2;
      return ms;
    });
    assert(Math.max(...keys.slice(-20)) <= 32);
  });

  for (const kind of ["two maps", "two stores"]) {
    it(`lets a backfill and a sweep of ${kind} take no more keys a second than it is told`, async () => {
      const clock = new ManualClock(0.001);
      const entries = Array.from({ length: 300 }, (_, at): [number, number] => [at, at]);
      const [oldMap, newMap] = [new Map(entries), new NativeMap<number, number>()];
      const users = kind === "two maps"
        ? twin(oldMap, newMap, { clock, at: { stage: "dualwrite" } })
        : twin(lift(new NativeMap(oldMap)), lift(newMap), { clock, at: { stage: "dualwrite" } });
      for (const work of ["backfill", "sweep"] as const) {
        const startMs = clock.monotonicMs();
        const ended: Promise<unknown> = users[work]({ keysPerSecond: 100 });
        await clock.advance(1_500);
        const { state, done, perSecond, leftMs } = users.report()[work];
        assertEquals(state, "running");
        assert(done >= 140 && done <= 160, `${work}: received ${done}`);
        assert(perSecond > 90 && perSecond < 110, `${work}: received ${perSecond}`);
        assert(leftMs !== null && leftMs > 1_000);
        await clock.until(ended);
        assert(clock.monotonicMs() - startMs > 2_900);
        assertEquals(users.report()[work].leftMs, null);
      }
      users.close();
    });
  }
});
