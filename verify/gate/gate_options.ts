import { checkOptions, numberFrom, OBJECT, orNull, type Rules, wholeNumber } from "../../src/options.ts";
import { checkChecks, type CheckedGateCheck, type GateCheck } from "./check_options.ts";

/** Options for the gate of a twin; each has a default. */
export interface GateOptions {
  /**
   * The gate passes only if the share of key visits with a diff is below this for certain: 1e-12 to 0.1.
   * @default {1e-6}
   */
  readonly threshold?: number;
  /**
   * The gate passes only if the share of key visits that find the key late is below this for certain: 1e-12 to 0.1. A late key is
   * equal in the end, so there may be more of them than of diffs. By default it is 1e-3, or `threshold` if that is higher.
   * @default {1e-3}
   */
  readonly lateThreshold?: number;
  /**
   * For how many milliseconds, without a break, comparisons must have gone on before the new map answers its first key: 0 to
   * 30 days. A minute without a comparison is a break. So is each moment at which a check does not pass, or more than 1 % of
   * the comparisons were inconclusive or dropped. A diff is no break: it stays in the counts, where it makes the gate ask for
   * more key visits.
   * @default {3600000}
   */
  readonly holdMs?: number;
  /**
   * With which probability the bounds hold, over all looks and all episodes together: 0.5 to 0.9999.
   * @default {0.95}
   */
  readonly confidence?: number;
  /**
   * How many distinct keys must have been compared: 0 to 2^53 - 1.
   * @default {0}
   */
  readonly minKeys?: number;
  /**
   * How many times as long a read of the new map may take as one of the old map, at p50 and at p99: 1.25 to 1,000. `null`: latency
   * is not judged.
   *
   * It takes one minute to half an hour of reads at `shadow` or `live`: of each map, at most one latency counts per 100 ms, and
   * for 1.5, which is a good beginning, it takes about 700 to 10,000 of each if both maps are equally fast.
   * @default {null}
   */
  readonly latencyFactor?: number | null;
  /**
   * How old the last clean sweep may be, in milliseconds since it ended: 1,000 to 30 days. `null`: any age.
   * @default {null}
   */
  readonly sweepMaxAgeMs?: number | null;
  /**
   * Checks of your own, which must pass as well: up to 100. While the twin is used, each is asked from time to time.
   * @default {[]}
   */
  readonly checks?: readonly GateCheck[];
}

/** {@link GateOptions} with nothing left open. */
export type CheckedGateOptions = Required<Omit<GateOptions, "checks">> & {
  readonly checks: readonly CheckedGateCheck[];
};

/** 30 days. */
const MAX_MS = 30 * 24 * 60 * 60 * 1_000;

const RULES: Rules<GateOptions> = {
  threshold: numberFrom(1e-12, 0.1),
  lateThreshold: numberFrom(1e-12, 0.1),
  holdMs: numberFrom(0, MAX_MS),
  confidence: numberFrom(0.5, 0.9999),
  minKeys: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  latencyFactor: orNull(numberFrom(1.25, 1_000)),
  sweepMaxAgeMs: orNull(numberFrom(1_000, MAX_MS)),
  checks: OBJECT,
};

const DEFAULTS: CheckedGateOptions = {
  threshold: 1e-6,
  lateThreshold: 1e-3,
  holdMs: 60 * 60 * 1_000,
  confidence: 0.95,
  minKeys: 0,
  latencyFactor: null,
  sweepMaxAgeMs: null,
  checks: [],
};

/** Those of {@link CheckedGateOptions} that somebody gave. */
export type GateChanges = Partial<CheckedGateOptions>;

/**
 * Checks options of a gate that stand in for others.
 *
 * @param action What fails if one is refused.
 * @param parent The option that holds them.
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If one is out of its range.
 */
export function checkGateChanges(action: string, options: GateOptions | undefined, parent: string): GateChanges {
  const { checks, ...checked } = checkOptions(action, options, RULES, {}, parent);
  return checks === undefined ? checked : { ...checked, checks: checkChecks(action, checks) };
}

/**
 * Checks the options of a gate and fills in the defaults.
 *
 * @param action What fails if one is refused.
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If one is out of its range.
 */
export function checkGateOptions(action: string, options: GateOptions | undefined): CheckedGateOptions {
  const { checks, ...checked } = checkOptions(action, options, RULES, DEFAULTS, "gate");
  const lateThreshold = options?.lateThreshold ?? Math.max(checked.threshold, checked.lateThreshold);
  return { ...checked, lateThreshold, checks: checkChecks(action, checks) };
}
