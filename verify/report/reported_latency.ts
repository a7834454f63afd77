import type { LatencyHistogram } from "../stats/histogram.ts";

/** Quantiles of one side's latency in nanoseconds; `null` before the first measurement. */
export interface ReportedLatency {
  /** How many reads were measured. */
  count: number;
  /** The sum of what was measured, in nanoseconds. */
  sumNs: number;
  /** The median, in nanoseconds. */
  p50: number | null;
  /** The 99th percentile, in nanoseconds. */
  p99: number | null;
  /** The 99.9th percentile, in nanoseconds. */
  p999: number | null;
  /** Cumulative counts: how many took at most `atMostNs`. */
  buckets: { atMostNs: number; count: number }[];
}

/** The upper bounds of the latency buckets, in nanoseconds: 50 ns to 1 s. */
const BUCKETS_NS: readonly number[] = [
  50,
  100,
  250,
  500,
  1e3,
  2.5e3,
  5e3,
  1e4,
  2.5e4,
  5e4,
  1e5,
  2.5e5,
  5e5,
  1e6,
  1e7,
  1e8,
  1e9,
];

/** What a histogram of latencies says. */
export function reportLatency(histogram: LatencyHistogram): ReportedLatency {
  return {
    count: histogram.count,
    sumNs: histogram.sumNs,
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    buckets: BUCKETS_NS.map((atMostNs) => ({ atMostNs, count: histogram.countAtMost(atMostNs) })),
  };
}
