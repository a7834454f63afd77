import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { LastComparison } from "../../../verify/stats/last_comparison.ts";

describe("LastComparison", () => {
  it("knows of none at the start", () => {
    assertEquals(new LastComparison(1_000, 5).agoMs(1_000), Infinity);
  });

  it("is as old as the time before it was counted", () => {
    const last = new LastComparison(1_000, 5);
    last.advance(2_000, 5);
    last.advance(3_000, 6);
    assertEquals(last.agoMs(3_000), 1_000);
    last.advance(9_000, 6);
    assertEquals(last.agoMs(9_000), 7_000);
  });

  it("forgets it once the clock is set back", () => {
    const last = new LastComparison(1_000, 0);
    last.advance(2_000, 1);
    assertEquals(last.agoMs(1_500), Infinity);
    last.advance(1_500, 1);
    assertEquals(last.agoMs(5_000), Infinity);
    last.advance(1_600, 2);
    assertEquals(last.agoMs(1_600), 100);
  });

  it("never takes a comparison for more recent than it is, whatever the clock does", () => {
    const passes = fc.record({ realMs: fc.nat(100), aheadMs: fc.nat(100), ends: fc.boolean() });
    const isSetBack = fc.record({
      realMs: fc.constant(0),
      aheadMs: fc.integer({ min: -200, max: -1 }),
      ends: fc.boolean(),
    });
    fc.assert(fc.property(fc.array(fc.oneof(passes, isSetBack)), (steps) => {
      let [nowMs, clockMs, compared, endedMs] = [0, 0, 0, -Infinity];
      const last = new LastComparison(clockMs, compared);
      for (const { realMs, aheadMs, ends } of steps) {
        if (ends) [compared, endedMs] = [compared + 1, nowMs];
        [nowMs, clockMs] = [nowMs + realMs, clockMs + realMs + aheadMs];
        last.advance(clockMs, compared);
        assert(last.agoMs(clockMs) >= nowMs - endedMs);
      }
    }));
  });
});
