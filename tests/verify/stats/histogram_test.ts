import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { LatencyHistogram } from "../../../verify/stats/histogram.ts";

const LARGEST_NS = 2 ** 44 - 1;

function recorded(latenciesNs: number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ns of latenciesNs) histogram.record(ns);
  return histogram;
}

describe("LatencyHistogram", () => {
  // As many small latencies as large ones.
  const latencyNs = fc.tuple(fc.integer({ min: 0, max: 44 }), fc.double({ min: 0.5, max: 1, noNaN: true }))
    .map(([bits, mantissa]) => Math.min(Math.floor(mantissa * 2 ** bits), LARGEST_NS));
  const latenciesNs = fc.array(latencyNs, { minLength: 1, maxLength: 50 });
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it("has no quantile before anything is recorded", () => {
    const histogram = new LatencyHistogram();
    assertEquals([histogram.count, histogram.sumNs, histogram.quantile(0.5)], [0, 0, null]);
    assertEquals(histogram.countAtMost(LARGEST_NS), 0);
  });

  it("counts and sums what was recorded", () => {
    fc.assert(fc.property(latenciesNs, (latencies) => {
      const histogram = recorded(latencies);
      assertEquals(histogram.count, latencies.length);
      assertAlmostEquals(histogram.sumNs, latencies.reduce((sum, ns) => sum + ns, 0), 1e-3);
    }));
  });

  it("sums without rounding to buckets", () => {
    assertEquals(recorded([1_000_003, 0.25]).sumNs, 1_000_003.25);
  });

  it(".countsBeyond() counts for each bucket what was longer than its edge", () => {
    fc.assert(
      fc.property(latenciesNs, (latencies) => {
        const histogram = recorded(latencies);
        histogram.countsBeyond().forEach((count, bucket) => {
          const edgeNs = histogram.edgeNs(bucket);
          assertEquals(count, latencies.filter((ns) => ns > edgeNs).length);
        });
      }),
      { numRuns: 20 },
    );
  });

  it(".quantile() is exact or at most 1/16 too high", () => {
    fc.assert(fc.property(latenciesNs, share, (latencies, q) => {
      const rank = Math.max(1, Math.ceil(q * latencies.length));
      const exact = latencies.toSorted((a, b) => a - b)[rank - 1] ?? NaN;
      const quantile = recorded(latencies).quantile(q) ?? NaN;
      assert(quantile >= exact && quantile <= exact * 17 / 16, `${quantile} for ${exact}`);
    }));
  });

  it(".quantile() is exact below 32 ns", () => {
    for (let ns = 0; ns < 32; ns++) assertEquals(recorded([ns]).quantile(0.5), ns);
  });

  it(".quantile() returns the smallest latency that enough others do not exceed", () => {
    const histogram = recorded([1, 2, 3, 4]);
    assertEquals([0, 0.25, 0.26, 0.5, 0.75, 0.99, 1].map((q) => histogram.quantile(q)), [1, 1, 2, 2, 3, 4, 4]);
  });

  it(".quantile() refuses anything but a share", () => {
    for (const q of [-0.1, 1.1, NaN]) {
      const message = `Cannot take a quantile: q must be from 0 to 1: received ${q}`;
      assertThrows(() => new LatencyHistogram().quantile(q), RangeError, message);
    }
  });

  it(".record() rounds fractions of a nanosecond up", () => {
    assertEquals(recorded([4.2]).quantile(1), 5);
  });

  it(".record() counts anything not above 0 as 0", () => {
    const histogram = recorded([-5, NaN, -0, 0]);
    assertEquals([histogram.count, histogram.sumNs, histogram.quantile(1)], [4, 0, 0]);
  });

  it(".record() puts latencies beyond its range into the last bucket", () => {
    for (const ns of [2 ** 44, 1e18, Infinity]) assertEquals(recorded([ns]).quantile(1), LARGEST_NS);
  });

  it(".countAtMost() counts all latencies up to the bound, and none that are more than 1/16 longer", () => {
    fc.assert(fc.property(latenciesNs, latencyNs, (latencies, bound) => {
      const count = recorded(latencies).countAtMost(bound);
      assert(count >= latencies.filter((ns) => ns <= bound).length);
      assert(count <= latencies.filter((ns) => ns <= bound * 17 / 16).length);
    }));
  });

  it(".countAtMost() is exact at one less than a power of two", () => {
    for (let bits = 0; bits <= 44; bits++) {
      const histogram = recorded([2 ** bits - 1, 2 ** bits]);
      assertEquals(histogram.countAtMost(2 ** bits - 1), bits === 44 ? 2 : 1);
    }
  });

  it(".countAtMost() accepts any bound", () => {
    const histogram = recorded([0, 7, 1e18]);
    assertEquals([-1, NaN, 0, 6.9, 7, Infinity].map((ns) => histogram.countAtMost(ns)), [0, 0, 1, 1, 2, 3]);
  });

  it(".merge() equals recording everything in one", () => {
    fc.assert(fc.property(latenciesNs, latenciesNs, share, latencyNs, (some, others, q, bound) => {
      const merged = recorded(some);
      merged.merge(recorded(others));
      const all = recorded([...some, ...others]);
      assertEquals([merged.count, merged.quantile(q), merged.countAtMost(bound)], [
        all.count,
        all.quantile(q),
        all.countAtMost(bound),
      ]);
      assertAlmostEquals(merged.sumNs, all.sumNs, 1);
    }));
  });
});
