import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { certification, certificationInWords } from "../../../verify/gate/certification.ts";

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
      visitsNeeded: 3_506_373,
      visitsNeededAtRate: null,
    });
    assertEquals(leastMs, 2_306_373);
  });

  it("says what an hour certifies", () => {
    const inAnHour = (visitsPerSecond: number) => certification({ count: 0, diffs: 0 }, visitsPerSecond, 1e-6, 0.05);
    assertAlmostEquals(inAnHour(100).certifiedInAnHour, 9.4e-6, 1e-7);
    assertAlmostEquals(inAnHour(1_000).certifiedInAnHour, 9.7e-7, 1e-8);
    assertEquals(inAnHour(0).certifiedInAnHour, 1);
    assertEquals(inAnHour(0).leastMs, null);
  });

  it("gives a second number from three diffs on, if their rate is below the threshold", () => {
    const atRate = (diffs: number) => certification({ count: 12_000_000, diffs }, 1_000, 1e-6, 0.05).visitsNeededAtRate;
    assertEquals([atRate(0), atRate(2), atRate(12)], [null, null, null]);
    assertEquals(atRate(3), 17_063_427);
  });
});

describe("certificationInWords()", () => {
  const inWords = (count: number, diffs: number, visitsPerSecond: number) =>
    certificationInWords({
      threshold: 1e-6,
      certification: certification({ count, diffs }, visitsPerSecond, 1e-6, 0.05),
    });

  it("says how far it is, and how long it takes at the present rate", () => {
    assertEquals(inWords(1_200_000, 0, 2_000), "1.2 M of 3.5 M key visits, about 20 min at the present rate");
    assertEquals(inWords(3_600_000, 0, 2_000), "3.6 M of 3.5 M key visits");
    assertEquals(inWords(950, 0, 0), "950 of 3.5 M key visits; none at present");
  });

  it("says what an hour certifies, and what would help, where an hour does not do", () => {
    assertEquals(
      inWords(12_345, 0, 100),
      "12 k of 3.5 M key visits, about 10 h at the present rate. At this rate the hour certifies 0.001 %: " +
        "a larger sample, a sweep, or a higher threshold would help",
    );
  });

  it("gives a second number where diffs tell a rate", () => {
    assertEquals(
      inWords(12_000_000, 3, 100_000),
      "12 M of 13 M key visits (17 M if diffs go on as they did), about 12 s at the present rate",
    );
  });
});
