import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { seededRandom } from "../../../testing/seeded_random.ts";
import {
  hasEvidence,
  judgeRate,
  rateBounds,
  trialsToPass,
  trialsToPassAtRate,
} from "../../../verify/stats/confidence_sequence.ts";

/** Bounds that were computed with 60 digits, by other means. */
interface Vector {
  d: number;
  n: number;
  threshold: string;
  alpha: string;
  lower: string;
  upper: string;
}

const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL("gate_vectors.json", import.meta.url), "utf8"));

const thresholds = fc.double({ min: 1e-9, max: 0.5, noNaN: true });
const alphas = fc.double({ min: 1e-4, max: 0.5, noNaN: true });
const counts = fc.tuple(fc.nat(1e9), fc.nat(1e9)).map(([x, y]) => ({ diffs: Math.min(x, y), trials: Math.max(x, y) }));

describe("rateBounds()", () => {
  it("leaves every rate possible as long as nothing was compared", () => {
    assertEquals(rateBounds(0, 0, 1e-6, 0.05), { lower: 0, upper: 1 });
  });

  it("is exact from one trial to 10^12", () => {
    assertEquals(vectors.length, 35);
    for (const { d, n, threshold, alpha, lower, upper } of vectors) {
      const bounds = rateBounds(d, n, Number(threshold), Number(alpha));
      assertAlmostEquals(bounds.lower, Number(lower), Number(lower) * 1e-9 + Number.MIN_VALUE);
      assertAlmostEquals(bounds.upper, Number(upper), Number(upper) * 1e-9);
    }
  });

  it("holds the rate that was seen, within 0 and 1", () => {
    fc.assert(fc.property(counts, thresholds, alphas, ({ diffs, trials }, threshold, alpha) => {
      const { lower, upper } = rateBounds(diffs, trials, threshold, alpha);
      assert(0 <= lower && upper <= 1);
      if (trials > 0) assert(lower <= diffs / trials && diffs / trials <= upper, `${lower} ${upper}`);
    }));
  });

  it("widens with the confidence", () => {
    fc.assert(fc.property(counts, thresholds, ({ diffs, trials }, threshold) => {
      const narrow = rateBounds(diffs, trials, threshold, 0.2);
      const wide = rateBounds(diffs, trials, threshold, 0.001);
      assert(wide.lower <= narrow.lower && narrow.upper <= wide.upper);
    }));
  });

  it("refuses counts and shares that cannot be", () => {
    const wrong: [diffs: number, trials: number, threshold: number, alpha: number, message: string][] = [
      [0, -1, 0.1, 0.05, "trials must be an integer from 0 to 9007199254740991: received -1"],
      [0, 1.5, 0.1, 0.05, "trials must be an integer from 0 to 9007199254740991: received 1.5"],
      [0, NaN, 0.1, 0.05, "received NaN"],
      [3, 2, 0.1, 0.05, "diffs must be an integer from 0 to 2: received 3"],
      [-1, 2, 0.1, 0.05, "diffs must be an integer from 0 to 2: received -1"],
      [0, 2, 0, 0.05, "threshold must lie between 1e-15 and 1: received 0"],
      [0, 2, 1, 0.05, "threshold must lie between 1e-15 and 1: received 1"],
      [0, 2, NaN, 0.05, "threshold must lie between 1e-15 and 1: received NaN"],
      [0, 2, 0.1, 1, "alpha must lie between 1e-15 and 1: received 1"],
      [0, 2, 0.1, 5, "alpha must lie between 1e-15 and 1: received 5"],
    ];
    for (const [diffs, trials, threshold, alpha, message] of wrong) {
      for (const refusing of [rateBounds, judgeRate]) {
        const error = assertThrows(() => refusing(diffs, trials, threshold, alpha), RangeError, message);
        assert(error.message.startsWith("Cannot bound the diff rate: "));
      }
    }
  });
});

describe("judgeRate()", () => {
  it("says what the bounds say, without them", () => {
    const near = fc.tuple(fc.nat(40), fc.nat(1e8)).map(([diffs, matches]) => ({ diffs, trials: diffs + matches }));
    fc.assert(fc.property(near, fc.constantFrom(1e-6, 1e-4, 0.01), alphas, ({ diffs, trials }, threshold, alpha) => {
      const { lower, upper } = rateBounds(diffs, trials, threshold, alpha);
      const expected = upper < threshold ? "pass" : lower > threshold ? "fail" : "hold";
      assertEquals(judgeRate(diffs, trials, threshold, alpha), expected);
    }));
  });

  it("passes 0.0001 % after 3.79 million trials without a diff, and fails 5.1 % at once", () => {
    assertEquals(judgeRate(0, 3_780_000, 1e-6, 0.05), "hold");
    assertEquals(judgeRate(0, 3_790_000, 1e-6, 0.05), "pass");
    assertEquals(judgeRate(37_637, 738_361, 1e-6, 0.05), "fail");
    assertEquals(judgeRate(2, 10, 1e-6, 0.05), "fail");
  });
});

describe("trialsToPass()", () => {
  it("is the first number of trials that passes", () => {
    for (const diffs of [0, 1, 2, 3, 5, 10]) {
      const needed = trialsToPass(diffs, 1e-6, 0.05);
      assertEquals(judgeRate(diffs, needed, 1e-6, 0.05), "pass");
      assertEquals(judgeRate(diffs, needed - 1, 1e-6, 0.05), "hold");
    }
    assertEquals(
      [0, 1, 2, 3, 5, 10].map((diffs) => Number((trialsToPass(diffs, 1e-6, 0.05) / 1e6).toPrecision(3))),
      [3.79, 6.2, 8.06, 9.91, 13.6, 22.8],
    );
  });
});

describe("trialsToPassAtRate()", () => {
  it("is never reached at the threshold or above it, nor before the first trial", () => {
    assertEquals(trialsToPassAtRate(1, 1_000_000, 1e-6, 0.05), Infinity);
    assertEquals(trialsToPassAtRate(5, 1_000, 1e-6, 0.05), Infinity);
    assertEquals(trialsToPassAtRate(0, 0, 1e-6, 0.05), Infinity);
  });

  it("is later than without further diffs", () => {
    const atRate = trialsToPassAtRate(3, 9_000_000, 1e-6, 0.05);
    assert(atRate > trialsToPass(3, 1e-6, 0.05) && Number.isFinite(atRate), `${atRate}`);
    assertEquals(trialsToPassAtRate(0, 10, 1e-6, 0.05), trialsToPass(0, 1e-6, 0.05));
  });
});

describe("hasEvidence()", () => {
  it("begins at 0.087 times the reciprocal of 0.0001 %, and sooner at larger thresholds", () => {
    assertEquals([86_000, 88_000].map((trials) => hasEvidence(trials, 1e-6)), [false, true]);
    assertEquals(hasEvidence(60, 1e-3), true);
  });

  it("is never there without a trial, whatever is lost in rounding", () => {
    fc.assert(fc.property(thresholds, (threshold) => assertEquals(hasEvidence(0, threshold), false)));
  });
});

describe("judgeRate(), looked at after every trial", () => {
  const threshold = 0.01;
  const alpha = 0.2;

  /** In which share of runs at a true rate of `rate` the verdict was ever `wrong`. */
  function shareOfRuns(rate: number, wrong: "pass" | "fail", runs: number): number {
    const random = seededRandom(20_250_601);
    let everWrong = 0;
    for (let run = 0; run < runs; run++) {
      let [diffs, trials] = [0, 0];
      // Between two diffs evidence for a pass only grows, and evidence for a fail only shrinks.
      while (trials < 20_000) {
        trials += Math.floor(Math.log1p(-random()) / Math.log1p(-rate));
        if (judgeRate(diffs, trials, threshold, alpha) === wrong) break;
        diffs++;
        trials++;
        if (judgeRate(diffs, trials, threshold, alpha) === wrong) break;
      }
      if (trials < 20_000) everWrong++;
    }
    return everWrong / runs;
  }

  const runs = 400;
  const most = alpha + 3 * Math.sqrt(alpha * (1 - alpha) / runs);

  it("ever passes a rate at the threshold in at most the share of runs that is allowed", () => {
    const share = shareOfRuns(threshold, "pass", runs);
    assert(share <= most, `${share}`);
    assert(shareOfRuns(threshold / 20, "pass", runs) > 0.99);
  });

  it("ever fails a rate at the threshold in at most the share of runs that is allowed", () => {
    const share = shareOfRuns(threshold, "fail", runs);
    assert(share <= most, `${share}`);
    assert(shareOfRuns(threshold * 5, "fail", runs) > 0.99);
  });
});
