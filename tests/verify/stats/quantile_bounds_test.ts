import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { LatencyHistogram } from "../../../verify/stats/histogram.ts";
import { quantileBounds } from "../../../verify/stats/quantile_bounds.ts";

const ALPHA = 0.05;
const MEAN_NS = 1e6;

/** An exponential latency, of which the quantile q is -ln(1 - q) times the mean. */
const latency = (random: () => number) => -Math.log1p(-random()) * MEAN_NS;
const quantile = (q: number) => -Math.log1p(-q) * MEAN_NS;

function recorded(count: number, nsAt: (at: number) => number): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (let at = 0; at < count; at++) histogram.record(nsAt(at));
  return histogram;
}

describe("quantileBounds()", () => {
  it("knows nothing before there are enough latencies", () => {
    assertEquals(quantileBounds(new LatencyHistogram(), 0.99, ALPHA), { lowerNs: 0, upperNs: Infinity });
    assertEquals(quantileBounds(recorded(5, () => 1_000), 0.5, ALPHA), { lowerNs: 0, upperNs: Infinity });
    // p99 of 300 latencies may be longer than all of them.
    assertEquals(quantileBounds(recorded(300, () => 1_000), 0.99, ALPHA), { lowerNs: 991, upperNs: Infinity });
  });

  it("holds the quantile of what is always the same, as narrow as a bucket", () => {
    for (const q of [0.5, 0.99]) {
      assertEquals(quantileBounds(recorded(1_000, () => 1_000), q, ALPHA), { lowerNs: 991, upperNs: 1_023 });
    }
    assertEquals(quantileBounds(recorded(1_000, () => 0), 0.5, ALPHA), { lowerNs: 0, upperNs: 0 });
  });

  it("has an upper bound from as many latencies as its formula asks for", () => {
    const isBounded = (count: number, q: number) =>
      quantileBounds(recorded(count, () => 1_000), q, ALPHA).upperNs < Infinity;
    assertEquals([551, 552].map((count) => isBounded(count, 0.99)), [false, true]);
    assertEquals([7, 8].map((count) => isBounded(count, 0.5)), [false, true]);
  });

  it("narrows with the number of latencies", () => {
    const random = seededRandom(2_022);
    const width = (count: number) => {
      const { lowerNs, upperNs } = quantileBounds(recorded(count, () => latency(random)), 0.99, ALPHA);
      assert(lowerNs <= quantile(0.99) && quantile(0.99) <= upperNs);
      return upperNs / lowerNs;
    };
    const widths = [2_000, 10_000, 100_000].map(width);
    assert((widths[0] as number) < 2.5 && (widths[1] as number) < 1.6 && (widths[2] as number) < 1.2, `${widths}`);
  });

  for (const q of [0.5, 0.99]) {
    it(`holds the quantile ${q} at every look in all but the share of runs that is allowed`, () => {
      const random = seededRandom(1_970);
      const [alpha, runs, looks] = [0.2, 300, 40];
      let missed = 0;
      for (let run = 0; run < runs; run++) {
        const histogram = new LatencyHistogram();
        let isMissed = false;
        for (let look = 1; look <= looks && !isMissed; look++) {
          for (let at = 0; at < 25; at++) histogram.record(latency(random));
          const { lowerNs, upperNs } = quantileBounds(histogram, q, alpha);
          isMissed = quantile(q) <= lowerNs || upperNs < quantile(q);
        }
        if (isMissed) missed++;
      }
      assert(missed / runs <= alpha, `${missed} of ${runs}`);
    });
  }
});
