import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { alphaOf, type EpisodeStart, nextEpisode } from "../../../verify/gate/episode.ts";

const FIRST: EpisodeStart = { number: 1, startedAtMs: 0, why: "dualwrite" };
const NEXT = { nowMs: 5, why: "backfill", isNewVersion: false };

describe("episodes", () => {
  it("make at most the error that is allowed, all together", () => {
    let sum = 0;
    for (let number = 1; number <= 100_000; number++) sum += alphaOf(number, 0.05);
    assert(sum < 0.05);
    assertAlmostEquals(sum, 0.05, 1e-6);
  });

  it("spend nothing if they ended before they could have passed wrongly", () => {
    assertEquals(nextEpisode(FIRST, 86_000, 1e-6, NEXT), { number: 1, startedAtMs: 5, why: "backfill" });
    assertEquals(nextEpisode(FIRST, 88_000, 1e-6, NEXT).number, 2);
    assertEquals(nextEpisode({ ...FIRST, number: 7 }, 1e9, 1e-6, NEXT).number, 8);
  });

  it("begin at 1 again with a new version of the new map", () => {
    assertEquals(nextEpisode({ ...FIRST, number: 7 }, 1e9, 1e-6, { ...NEXT, isNewVersion: true }).number, 1);
  });
});
