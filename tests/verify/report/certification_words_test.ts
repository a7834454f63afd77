import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { TwinReport } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { twin } from "@twinmap/twinmap";
import { certification } from "../../../verify/gate/certification.ts";
import { certificationWords } from "../../../verify/report/certification_words.ts";

/** What is said at so many key visits, after a sweep of 6,000 keys. */
function words(
  count: number,
  diffs: number,
  visitsPerSecond: number | undefined,
  changes: Partial<TwinReport> = {},
): string {
  const report = twin(new Map(), new Map(), { clock: new ManualClock() }).report();
  return certificationWords({
    ...report,
    stage: "shadow",
    comparedKeys: 6_000,
    sweep: { ...report.sweep, state: "done" },
    gate: {
      ...report.gate,
      episode: { ...report.gate.episode, diffs },
      certification: certification({ count, diffs }, visitsPerSecond, 1e-6, 0.05),
    },
    ...changes,
  });
}

describe("certificationWords()", () => {
  it("says how far it is, and how long it takes at the present rate", () => {
    assertEquals(words(1_200_000, 0, 2_000), "1.2 M of 3.8 M key visits, about 22 minutes at the present rate");
    assertEquals(words(3_900_000, 0, 2_000), "3.9 M of 3.8 M key visits");
    assertEquals(words(950, 0, 0), "950 of 3.8 M key visits; none in the last minute");
    assertEquals(
      words(50, 0, undefined),
      "50 of 3.8 M key visits; how long it takes is unknown before one whole minute has passed",
    );
    assertEquals(words(50, 0, undefined, { stage: "off" }), "50 of 3.8 M key visits; nothing is compared at off");
  });

  it("says what an hour certifies, where an hour is not enough, and what would help", () => {
    const slow =
      "12 k of 3.8 M key visits, about 11 hours at the present rate. An hour at this rate certifies 0.0009 %";
    // 100 a second are 6,000 a minute: all keys.
    assertEquals(words(12_345, 0, 100), `${slow}; a higher threshold would help`);
    assertEquals(
      words(12_345, 0, 100, { sample: 0.5, comparedKeys: 12_000 }),
      `${slow}; a larger sample, a sweep every minute, or a higher threshold would help`,
    );
    assertEquals(
      words(12_345, 0, 100, { sample: 0.5, stage: "dualwrite" }),
      `${slow}; a higher threshold would help`,
    );
    const never = { ...twin(new Map(), new Map()).report().sweep, state: "never" as const };
    assertEquals(
      words(12_345, 0, 100, { sweep: never }),
      `${slow}; a sweep every minute or a higher threshold would help`,
    );
  });

  it("gives a second number where diffs tell a rate", () => {
    assertEquals(
      words(9_000_000, 3, 100_000),
      "9.0 M of 9.9 M key visits (14 M if diffs go on as they did), about 10 seconds at the present rate",
    );
    assertEquals(
      words(12_000_000, 12, 100_000),
      "12 M of 27 M key visits (never if diffs go on as they did), about 3 minutes at the present rate",
    );
  });
});
