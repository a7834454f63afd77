import type { LatencyHistogram } from "./histogram.ts";
import { betaRatios, logLikelihood, logOfSum } from "./likelihood.ts";

/** Between which bounds the true quantile of a latency lies. */
export interface QuantileBounds {
  /** Nanoseconds, 0 or more. */
  readonly lowerNs: number;
  /** Nanoseconds; `Infinity` if the quantile may be anything. */
  readonly upperNs: number;
}

/**
 * Bounds of a true quantile: each of them is wrong, at whatever looks, with a probability of at most `alpha / 2`.
 *
 * Of the latencies, a share τ = 1 - q is longer than the true quantile. For each edge of a bucket it is tested whether the share
 * of latencies beyond it, the tail, is τ: with c of n latencies beyond it, the evidence against that is
 *
 * E = (1/2·R(1/2) + 1/2·R(5)) / (τ^c (1-τ)^(n-c)), R(a) = B(a + c, a/τ + n - c) / B(a, a/τ),
 *
 * which at the true quantile ever reaches 2/alpha with a probability of at most alpha / 2 (Ville's inequality). The lower bound is
 * the last edge of which the tail is shown to be larger than τ, the upper bound the first one of which it is shown to be smaller.
 * The counts fall from edge to edge, so no edge farther away can be wrong if the nearest one is not. After S. R. Howard and
 * A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm identification", Bernoulli 28
 * (2022).
 *
 * The latencies must not depend on each other: reads that wait for the same pause count as one ({@link LatencySamples}).
 * O(656).
 *
 * @param q The share of latencies up to the quantile, between 0 and 1: 0.99 for p99.
 * @param alpha The error of both bounds together, between 0 and 1.
 */
export function quantileBounds(latencies: LatencyHistogram, q: number, alpha: number): QuantileBounds {
  const { count } = latencies;
  const tail = 1 - q;
  const leastLogEvidence = Math.log(2 / alpha);
  const beyond = latencies.countsBeyond();
  const isShown = (bucket: number) => logEvidence(beyond[bucket] as number, count, tail) >= leastLogEvidence;
  const isLarger = (bucket: number) => (beyond[bucket] as number) > tail * count && isShown(bucket);
  const isSmaller = (bucket: number) => (beyond[bucket] as number) < tail * count && isShown(bucket);
  const lower = firstWhere(beyond.length, (bucket) => !isLarger(bucket)) - 1;
  const upper = firstWhere(beyond.length, isSmaller);
  return {
    lowerNs: lower < 0 ? 0 : latencies.edgeNs(lower),
    upperNs: upper === beyond.length ? Infinity : latencies.edgeNs(upper),
  };
}

/** The logarithm of the evidence against a tail of `tail`. */
function logEvidence(beyond: number, count: number, tail: number): number {
  const within = count - beyond;
  const mixture = [1 / 2, 5].map((a) => Math.log(1 / 2) + betaRatios(a, beyond, within)(a / tail));
  return logOfSum(mixture) - logLikelihood(beyond, within, tail);
}

/** The first number below `end` for which `holds`, if it holds for all after it, too; `end` if there is none. */
function firstWhere(end: number, holds: (at: number) => boolean): number {
  let [from, to] = [0, end];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
