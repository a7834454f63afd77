import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { certification } from "../../../verify/gate/certification.ts";

describe("certification()", () => {
  it("says how many visits are needed, and how long that takes at least", () => {
    const { visits, visitsNeeded, visitsNeededAtRate, leastMs } = certification(
      { count: 1_200_000, diffs: 0 },
      1_000,
      1e-6,
      0.05,
    );
    assertEquals({ visits, visitsNeeded, visitsNeededAtRate }, {
      visits: 1_200_000,
      visitsNeeded: 3_785_483,
      visitsNeededAtRate: null,
    });
    assertEquals(leastMs, 2_585_483);
  });

  it("says what an hour certifies", () => {
    const inAnHour = (visitsPerSecond: number) => certification({ count: 0, diffs: 0 }, visitsPerSecond, 1e-6, 0.05);
    assertAlmostEquals(inAnHour(100).certifiedInAnHour ?? NaN, 8.74e-6, 1e-8);
    assertAlmostEquals(inAnHour(1_000).certifiedInAnHour ?? NaN, 1.043e-6, 1e-9);
    assertEquals(inAnHour(0).certifiedInAnHour, 1);
    assertEquals(inAnHour(0).leastMs, null);
  });

  it("knows neither before it knows the rate", () => {
    const unknown = certification({ count: 50, diffs: 0 }, undefined, 1e-6, 0.05);
    assertEquals([unknown.visitsPerSecond, unknown.leastMs, unknown.certifiedInAnHour], [null, null, null]);
    const done = certification({ count: 4_000_000, diffs: 0 }, undefined, 1e-6, 0.05);
    assertEquals(done.leastMs, 0);
  });

  it("gives a second number from three diffs on, if their rate is below the threshold", () => {
    const atRate = (diffs: number) => certification({ count: 9_000_000, diffs }, 1_000, 1e-6, 0.05).visitsNeededAtRate;
    assertEquals([atRate(0), atRate(2), atRate(12)], [null, null, null]);
    assertEquals(atRate(3), 13_601_503);
  });
});
