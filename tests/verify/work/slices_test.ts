import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { runSlice } from "../../../verify/work/slices.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** A clock that counts how often it was looked at, and goes on when it is told to. */
class CountingClock extends ManualClock {
  looks = 0;
  spentMs = 0;

  override monotonicMs(): number {
    this.looks++;
    return super.monotonicMs() + this.spentMs;
  }
}

describe("runSlice()", () => {
  it("begins no step after a look at the clock has found its time over", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), (sliceMs) => {
      // Each look takes an eighth of a slice at least: so long that there is one after each step.
      const clock = new ManualClock(1);
      const startMs = clock.now();
      const begunMs: number[] = [];
      const more = runSlice(() => begunMs.push(clock.now() - startMs) > 0, clock, sliceMs);
      assertEquals(more, true);
      // The first look is the beginning of the slice.
      assertEquals(begunMs, Array.from({ length: sliceMs }, (_, at) => at + 1));
    }));
  });

  it("goes over its time by a quarter at most, or by one step, where all steps take the same", () => {
    const setting = fc.record({
      // The clock has twelve digits before the point: it cannot tell a thousandth of a shorter slice.
      sliceMs: fc.double({ min: 1, max: 10, noNaN: true }),
      share: fc.integer({ min: 1, max: 5_000 }),
    });
    fc.assert(fc.property(setting, ({ sliceMs, share }) => {
      const clock = new CountingClock();
      const stepMs = sliceMs / share;
      assert(runSlice(() => (clock.spentMs += stepMs) > 0, clock, sliceMs));
      const longestMs = sliceMs + Math.max(stepMs, sliceMs / 4);
      assert(clock.spentMs >= sliceMs * 0.999 && clock.spentMs <= longestMs * 1.001, `${clock.spentMs} of ${sliceMs}`);
    }));
  });

  it("looks after each step, where steps have become longer", () => {
    const clock = new CountingClock();
    let steps = 0;
    // 1 + 2 + … + 64 short ones; then as many as are done between two looks take nearly the whole slice.
    runSlice(() => (clock.spentMs += ++steps > 127 ? 0.06 : 0) > 0 || true, clock, 4);
    assert(clock.spentMs < 4.1, `${clock.spentMs} ms`);
  });

  it("goes over its time by no more than 64 steps, where they suddenly become long", () => {
    const clock = new CountingClock();
    let steps = 0;
    runSlice(() => (clock.spentMs += ++steps > 10_000 ? 1 : 0) > 0 || true, clock, 4);
    assert(clock.spentMs <= 64, `${clock.spentMs} ms`);
  });

  it("looks at the clock seldom, where steps are short", () => {
    const clock = new CountingClock();
    let left = 6_400;
    assertEquals(runSlice(() => --left > 0, clock, 4), false);
    assert(clock.looks < 120, `${clock.looks} looks`);
  });

  it("does one step at least, and ends where there is no more to do", () => {
    const clock = new ManualClock();
    let steps = 0;
    assertEquals(runSlice(() => ++steps < 3, clock, 4), false);
    assertEquals(steps, 3);
  });
});
