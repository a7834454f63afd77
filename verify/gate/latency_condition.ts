import type { Side } from "../stages/stage.ts";
import type { RateVerdict } from "../stats/confidence_sequence.ts";
import type { LatencyHistogram } from "../stats/histogram.ts";
import { quantileBounds } from "../stats/quantile_bounds.ts";
import type { GateCondition, GateEvidence } from "./condition.ts";
import { alphaOf } from "./episode.ts";
import type { CheckedGateOptions } from "./gate_options.ts";

/** The quantiles that are compared. */
const QUANTILES: readonly (readonly [name: string, q: number])[] = [["p50", 0.5], ["p99", 0.99]];

/** How many times the new map's quantile is as long as the old one's, at least and at most. */
interface Ratio {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Whether reads of the new map take, at p50 and at p99, at most `latencyFactor` times as long as those of the old one. Each
 * quantile is judged at the full error allowed for the episode, as both must pass.
 */
export function latencyCondition(
  { latency, episode }: Pick<GateEvidence, "latency" | "episode">,
  { latencyFactor, confidence }: Pick<CheckedGateOptions, "latencyFactor" | "confidence">,
): GateCondition {
  const name = "latency";
  if (latencyFactor === null) return { name, verdict: "pass", reason: "no latencyFactor is asked for" };
  const alpha = alphaOf(episode, 1 - confidence);
  const ratios = QUANTILES.map(([, q]) => ratioOf(latency, q, alpha));
  const limit = `at most ${latencyFactor} times`;
  const found = QUANTILES.map(([quantile], at) => `${quantile} ${inWords(ratios[at] as Ratio)}`).join(", ");
  const judged = (verdict: RateVerdict, say: string): GateCondition => (
    { name, verdict, reason: `reads of the new map against those of the old one: ${found}; ${say}` }
  );
  if (ratios.some(({ lower }) => lower > latencyFactor)) return judged("fail", `${limit} is allowed`);
  if (ratios.every(({ upper }) => upper <= latencyFactor)) return judged("pass", `${limit} is allowed`);
  return judged("hold", `not yet certain to be ${limit}`);
}

/** The bounds of a ratio whose two parts are known within bounds. */
function ratioOf(latency: { readonly [side in Side]: LatencyHistogram }, q: number, alpha: number): Ratio {
  const old = quantileBounds(latency.old, q, alpha);
  const fresh = quantileBounds(latency.new, q, alpha);
  return {
    // What is too short for the clock is no measure.
    lower: old.upperNs === 0 ? 0 : fresh.lowerNs / old.upperNs,
    upper: fresh.upperNs === 0 ? 0 : fresh.upperNs / old.lowerNs,
  };
}

function inWords({ lower, upper }: Ratio): string {
  if (upper < Infinity) return `${short(lower)} to ${short(upper)} times`;
  return lower === 0 ? "not known yet" : `at least ${short(lower)} times`;
}

/** Buckets are 1/16 wide: two digits are enough. */
function short(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
