/** A few runs of each row of `bench/rollout`. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { goesBack, isPromoted, rolloutClaims, secondsToGoBack } from "../../../bench/rollout/claims.ts";
import { RolloutModel } from "../../../bench/rollout/rollout_model.ts";
import { Traffic } from "../../../bench/rollout/traffic.ts";

const THRESHOLD = 1e-6;
const DAY = 86_400;

const count = (runs: number, isSo: (run: number) => boolean) =>
  Array.from({ length: runs }, (_, run) => isSo(run)).filter(Boolean).length;

describe("a simulated rollout", () => {
  it("goes from dualwrite to live 100 % by itself if there is no diff", () => {
    const model = new RolloutModel(new Traffic(10_000, 1_000, seededRandom(1)));
    const entered: [percent: number, second: number][] = [];
    for (const percent of [1, 5, 25, 50, 100]) {
      model.runUntil((model) => model.percent === percent, DAY);
      entered.push([model.percent, model.second]);
    }
    // The backfill, the hour, and ten minutes at each step.
    assertEquals(entered, [[1, 3_720], [5, 4_320], [25, 4_920], [50, 5_520], [100, 6_120]]);
  });

  it("draws as many diffs as the rate says, each known a second after its visit", () => {
    const traffic = new Traffic(1_000, 1_000, seededRandom(1));
    traffic.fail(1, 10.5);
    assertEquals([11, 12, 13].map((second) => traffic.take(second)), [0, 500, 1_000]);
    traffic.fail(0.01, 20);
    const diffs = traffic.take(10_021);
    assert(Math.abs(diffs - 100_000) < 1_500, `${diffs}`);
  });

  it("never comes past shadow with a new map that is worse than the threshold", () => {
    for (const [perSecond, seconds] of [[100, 7 * DAY], [1_000, 2 * DAY], [10_000, DAY / 4]] as const) {
      assertEquals(count(3, (run) => isPromoted(5 * THRESHOLD, perSecond, seconds, run)), 0);
      assertEquals(count(3, (run) => isPromoted(2 * THRESHOLD, perSecond, seconds, run)), 0);
    }
  });

  it("spends the error that is allowed, however often the evidence is voided at a diff", () => {
    const promoted = count(40, (run) => isPromoted(THRESHOLD, 1_000, 7 * DAY, run, true));
    assert(promoted > 0 && promoted <= 0.05 * 40, `${promoted}`);
  });

  it("comes to live within hours with a good new map", () => {
    const promoted = count(500, (run) => isPromoted(THRESHOLD / 10, 1_000, 3 * 3_600, run));
    assert(promoted >= 0.95 * 500, `${promoted}`);
    assertEquals(count(100, (run) => isPromoted(THRESHOLD / 10, 1_000, DAY, run)), 100);
  });

  it("goes back soon after a fault begins", () => {
    assert(count(200, (run) => secondsToGoBack(0.01, 1_000, run) <= 10) >= 0.99 * 200);
    assert(count(200, (run) => secondsToGoBack(1e-4, 1_000, run) <= 900) >= 0.99 * 200);
    assert(count(200, (run) => secondsToGoBack(1e-4, 1_000, run, 30 * DAY) <= 900) >= 0.99 * 200);
    // It takes longer than the delay of the confirmation and of the moves.
    assert(secondsToGoBack(0.01, 1_000, 1) > 5);
  });

  it("does not go back by mistake", () => {
    assertEquals(count(50, (run) => goesBack(THRESHOLD / 10, 1_000, 30 * DAY, run)), 0);
    assert(count(5, (run) => goesBack(1_000 * THRESHOLD, 1_000, DAY, run)) === 5);
  });
});

describe("the claims of the bench", () => {
  it("are twelve rows, of which each is run at least once", () => {
    const claims = rolloutClaims(1e-9);
    assertEquals(claims.map(({ runs }) => runs), new Array(12).fill(1));
    assertEquals(claims.map(({ limit }) => limit), [
      0.05,
      0.05,
      0.05,
      0.05,
      0.05,
      0.05,
      0.05,
      0.95,
      0.99,
      0.99,
      0.99,
      0.01,
    ]);
  });
});
