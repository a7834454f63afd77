import { rateBounds, trialsToPass, trialsToPassAtRate } from "../stats/confidence_sequence.ts";

/** How far the diff rate is from being certified below the threshold. */
export interface Certification {
  /** Key visits of this episode. */
  readonly visits: number;
  /** How many it takes in all, if no further diff comes. */
  readonly visitsNeeded: number;
  /**
   * How many it takes in all, if diffs go on at the rate seen so far: `null` if that is not below the threshold, or if there
   * are fewer than three diffs, which tell no rate.
   */
  readonly visitsNeededAtRate: number | null;
  /** For how many milliseconds it will take at least, at the present rate of visits: `null` if there are none at present. */
  readonly leastMs: number | null;
  /** The rate that an hour of visits at the present rate certifies, if no diff comes: 1 if there are none at present. */
  readonly certifiedInAnHour: number;
}

/** From so many diffs on, they tell a rate. */
const FEWEST_DIFFS = 3;

/**
 * How far the diff rate is from being certified: never a promise, since the next diff moves it.
 *
 * @param visitsPerSecond The present rate of key visits.
 * @param alpha The error that the bounds of this episode may make.
 */
export function certification(
  visits: { readonly count: number; readonly diffs: number },
  visitsPerSecond: number,
  threshold: number,
  alpha: number,
): Certification {
  const { count, diffs } = visits;
  const visitsNeeded = trialsToPass(diffs, threshold, alpha);
  const atRate = diffs < FEWEST_DIFFS ? Infinity : trialsToPassAtRate(diffs, count, threshold, alpha);
  const left = Math.max(0, visitsNeeded - count);
  return {
    visits: count,
    visitsNeeded,
    visitsNeededAtRate: Number.isFinite(atRate) ? atRate : null,
    leastMs: left === 0 ? 0 : visitsPerSecond > 0 ? Math.ceil(left / visitsPerSecond * 1_000) : null,
    certifiedInAnHour: rateBounds(0, Math.floor(visitsPerSecond * 3_600), threshold, alpha).upper,
  };
}

/**
 * How far the diff rate is from being certified, in words: "1.2 M of 4.0 M key visits, about 47 min at the present rate". If
 * an hour at this rate would not do, it says what that certifies, and what would help.
 */
export function certificationInWords(
  { certification, threshold }: { readonly certification: Certification; readonly threshold: number },
): string {
  const { visits, visitsNeeded, visitsNeededAtRate, leastMs, certifiedInAnHour } = certification;
  const atRate = visitsNeededAtRate === null ? "" : ` (${compact(visitsNeededAtRate)} if diffs go on as they did)`;
  const far = `${compact(visits)} of ${compact(visitsNeeded)} key visits${atRate}`;
  if (leastMs === 0) return far;
  if (leastMs === null) return `${far}; none at present`;
  const due = `${far}, about ${duration(leastMs)} at the present rate`;
  if (certifiedInAnHour < threshold) return due;
  return `${due}. At this rate the hour certifies ${percent(certifiedInAnHour)}: ` +
    "a larger sample, a sweep, or a higher threshold would help";
}

const UNITS: readonly [ms: number, name: string][] = [[86_400_000, "days"], [3_600_000, "h"], [60_000, "min"]];

function duration(ms: number): string {
  const [unitMs, name] = UNITS.find(([unitMs]) => ms >= 2 * unitMs) ?? [1_000, "s"];
  return `${Math.ceil(ms / unitMs).toLocaleString("en")} ${name}`;
}

/** Two digits, with a suffix: 4.0 M. */
function compact(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  const [unit, suffix] = count < 999_500 ? [1e3, "k"] : count < 999_500_000 ? [1e6, "M"] : [1e9, "G"];
  const inUnits = count / unit;
  return `${inUnits < 9.95 ? inUnits.toFixed(1) : Math.round(inUnits).toLocaleString("en")} ${suffix}`;
}

/** One digit, rounded up, so that the bound still holds. */
function percent(share: number): string {
  const step = 10 ** Math.floor(Math.log10(share * 100));
  return `${Number((Math.ceil(share * 100 / step - 1e-9) * step).toPrecision(1))} %`;
}
