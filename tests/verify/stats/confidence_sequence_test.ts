import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { diffRateUpper } from "../../../verify/stats/confidence_sequence.ts";

/** How many comparisons a simulated run looks at one by one. */
const looksAtEach = 2_000;

type Bound = (diffs: number, compared: number) => number;

describe("diffRateUpper()", () => {
  const thresholds = fc.double({ min: 1e-9, max: 0.9, noNaN: true });
  const confidences = fc.double({ min: 0.01, max: 0.9999, noNaN: true });
  const counts = fc.tuple(fc.nat(1e9), fc.nat(1e9)).map(([x, y]) => ({
    diffs: Math.min(x, y),
    compared: Math.max(x, y),
  }));

  it("is 1 before anything was compared", () => {
    assertEquals(diffRateUpper(0, 0, 1e-6, 0.95), 1);
  });

  it("is 1 if every comparison found a diff", () => {
    assertEquals(diffRateUpper(5, 5, 1e-6, 0.95), 1);
  });

  it("is the rate at which the likelihood has fallen to alpha times the mixture's", () => {
    // The ratio of the Beta functions is a product of rising factorials: no Gamma function needed.
    const rising = (x: number, k: number) =>
      Array.from({ length: k }, (_, i) => Math.log(x + i)).reduce((s, y) => s + y, 0);
    const smallCounts = fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 300 }));
    fc.assert(fc.property(smallCounts, thresholds, confidences, ([diffs, matches], threshold, confidence) => {
      const b = 1 / threshold;
      const logMixture = rising(0.5, diffs) + rising(b, matches) - rising(0.5 + b, diffs + matches);
      const rate = diffRateUpper(diffs, diffs + matches, threshold, confidence);
      if (rate > 1 - 1e-9) return; // So near to 1 that 1 - rate has lost its digits.
      const logLikelihood = diffs * Math.log(rate) + matches * Math.log1p(-rate);
      assertAlmostEquals(logLikelihood - logMixture, Math.log1p(-confidence), 1e-5);
    }));
  });

  it("is exact from one comparison to 10^12", () => {
    // Computed with 60 digits.
    const exact: [diffs: number, compared: number, threshold: number, confidence: number, upper: number][] = [
      [0, 1, 1e-6, 0.95, 0.9500000249999875],
      [0, 4e6, 1e-6, 0.95, 9.501123810857058e-7],
      [0, 1e12, 1e-6, 0.95, 9.903488177486713e-12],
      [1, 2, 0.5, 0.95, 0.9942526826287484],
      [2, 1e6, 1e-6, 0.999, 1.42403964421973e-5],
      [20, 4e6, 0.01, 0.95, 1.087121558080014e-5],
      [999, 1000, 0.5, 0.95, 0.9999999999251123],
      [1e6, 1e12, 1e-6, 0.95, 1.004602016916099e-6],
      [5e11, 1e12, 1e-6, 0.95, 0.5005887085061544],
      [5e11, 1e12, 0.5, 0.95, 0.5000029342551986],
    ];
    for (const [diffs, compared, threshold, confidence, upper] of exact) {
      assertAlmostEquals(diffRateUpper(diffs, compared, threshold, confidence), upper, upper * 1e-9);
    }
  });

  it("certifies a rate below 0.0001 % at 95 % after 4 million comparisons without a diff, and not much sooner", () => {
    assertLess(diffRateUpper(0, 4_000_000, 1e-6, 0.95), 1e-6);
    assertGreater(diffRateUpper(0, 3_700_000, 1e-6, 0.95), 1e-6);
  });

  it("needs a fifth of the comparisons that a uniform mixture needs", () => {
    const uniform = (compared: number) => -Math.expm1(Math.log(0.05 / (compared + 1)) / compared);
    assertGreater(uniform(19_000_000), 1e-6);
    assertLess(uniform(20_000_000), 1e-6);
  });

  it("lies between the rate that was seen and 1", () => {
    fc.assert(fc.property(counts, thresholds, confidences, ({ diffs, compared }, threshold, confidence) => {
      const upper = diffRateUpper(diffs, compared, threshold, confidence);
      assert(upper <= 1 && (compared === 0 || upper >= diffs / compared));
    }));
  });

  it("grows with every diff and with the confidence", () => {
    fc.assert(fc.property(counts, thresholds, confidences, ({ diffs, compared }, threshold, confidence) => {
      const upper = diffRateUpper(diffs, compared, threshold, confidence);
      if (diffs < compared) assert(diffRateUpper(diffs + 1, compared, threshold, confidence) >= upper);
      assert(diffRateUpper(diffs, compared, threshold, 0.99995) >= upper);
    }));
  });

  it("falls with every comparison that found no diff", () => {
    fc.assert(fc.property(counts, thresholds, confidences, ({ diffs, compared }, threshold, confidence) => {
      const upper = diffRateUpper(diffs, compared, threshold, confidence);
      // Beyond a few million comparisons, one more is lost in rounding.
      assert(diffRateUpper(diffs, compared + 1, threshold, confidence) <= upper * (1 + 1e-9));
      assert(
        diffRateUpper(0, 2 * compared + 1, threshold, confidence) < diffRateUpper(0, compared, threshold, confidence),
      );
    }));
  });

  it("refuses impossible counts and shares", () => {
    const wrong: [diffs: number, compared: number, threshold: number, confidence: number, message: string][] = [
      [0, -1, 0.1, 0.95, "compared must be an integer from 0 to 9007199254740991: received -1"],
      [0, 1.5, 0.1, 0.95, "compared must be an integer from 0 to 9007199254740991: received 1.5"],
      [0, NaN, 0.1, 0.95, "received NaN"],
      [3, 2, 0.1, 0.95, "diffs must be an integer from 0 to 2: received 3"],
      [-1, 2, 0.1, 0.95, "diffs must be an integer from 0 to 2: received -1"],
      [0, 2, 0, 0.95, "threshold must lie between 1e-15 and 1: received 0"],
      [0, 2, 1, 0.95, "threshold must lie between 1e-15 and 1: received 1"],
      [0, 2, NaN, 0.95, "threshold must lie between 1e-15 and 1: received NaN"],
      [0, 2, 0.1, 1, "confidence must lie between 1e-15 and 1: received 1"],
      [0, 2, 0.1, 95, "confidence must lie between 1e-15 and 1: received 95"],
    ];
    for (const [diffs, compared, threshold, confidence, message] of wrong) {
      const error = assertThrows(() => diffRateUpper(diffs, compared, threshold, confidence), RangeError, message);
      assert(error.message.startsWith("Cannot bound the diff rate: "));
    }
  });
});

describe("diffRateUpper(), looked at after every comparison", () => {
  const runs = 3_000;
  const threshold = 0.001;
  const anytime = (confidence: number) => remembered((d, n) => diffRateUpper(d, n, threshold, confidence));

  for (const confidence of [0.8, 0.95]) {
    for (const rate of [0.0002, 0.001, 0.03]) {
      it(`falls below a true rate of ${rate} in at most the promised share of runs at ${confidence}`, () => {
        const alpha = 1 - confidence;
        const deviation = Math.sqrt(alpha * (1 - alpha) / runs);
        const share = shareOfRunsBelow(anytime(confidence), rate, runs);
        assert(share <= alpha + 3 * deviation, `${share}`);
      });
    }
  }

  it("is no wider than necessary: if the true rate is far above the threshold, it uses nearly all of alpha", () => {
    const share = shareOfRunsBelow(anytime(0.8), 0.03, runs);
    assert(share > 0.1, `${share}`);
  });

  it("holds where a bound for a single look fails", () => {
    const singleLook = remembered((d, n) => clopperPearsonUpper(d, n, 0.05));
    const share = shareOfRunsBelow(singleLook, 0.003, runs);
    assert(share > 2 * 0.05, `${share}`);
  });
});

/** Simulates runs of comparisons with a known diff rate, and tells in which share of them `bound` was ever below it. */
function shareOfRunsBelow(bound: Bound, rate: number, runs: number): number {
  const random = seededRandom(20_250_601);
  let below = 0;
  for (let run = 0; run < runs; run++) {
    if (everBelow(bound, rate, random)) below++;
  }
  return below / runs;
}

function everBelow(bound: Bound, rate: number, random: () => number): boolean {
  const looksAtAll = Math.max(looksAtEach, 20 / rate);
  let compared = 0;
  for (let diffs = 0; compared < looksAtAll; diffs++) {
    const matchesAhead = Math.floor(Math.log1p(-random()) / Math.log1p(-rate));
    const beforeNextDiff = Math.min(compared + matchesAhead, looksAtAll);
    for (; compared < Math.min(beforeNextDiff, looksAtEach); compared++) {
      if (bound(diffs, compared) < rate) return true;
    }
    // Between two diffs the bound only falls, so beyond that it is enough to look at the end.
    if (bound(diffs, beforeNextDiff) < rate) return true;
    compared = beforeNextDiff + 1;
  }
  return false;
}

/** The upper end of Clopper and Pearson's interval: the rate at which so few diffs have the probability alpha. */
function clopperPearsonUpper(diffs: number, compared: number, alpha: number): number {
  if (diffs === compared) return 1;
  const probabilityOfSoFew = (rate: number) => {
    let exactly = (1 - rate) ** compared;
    let sum = exactly;
    for (let k = 0; k < diffs; k++) {
      exactly *= (compared - k) / (k + 1) * rate / (1 - rate);
      sum += exactly;
    }
    return sum;
  };
  let [low, high] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (probabilityOfSoFew(middle) > alpha) low = middle;
    else high = middle;
  }
  return high;
}

/** Keeps the bounds of the looks that all runs have in common. */
function remembered(bound: Bound): Bound {
  const byDiffs: Float64Array[] = [];
  return (diffs, compared) => {
    if (compared >= looksAtEach) return bound(diffs, compared);
    const byCompared = byDiffs[diffs] ??= new Float64Array(looksAtEach);
    return byCompared[compared] ||= bound(diffs, compared);
  };
}

/** Numbers from 0 to 1, always the same ones (splitmix32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
