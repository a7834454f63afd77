import { FEWEST_DIFFS } from "../gate/certification.ts";
import { STAGES } from "../stages/stage.ts";
import { roughTimeSpan } from "../stats/time_span.ts";
import type { TwinReport } from "./report.ts";

/** The highest threshold that a gate takes. */
const MAX_THRESHOLD = 0.1;

/** A sweep every minute brings no more visits if so large a share of the keys is visited every minute anyway. */
const NEARLY_ALL = 0.9;

type CertifiedReport = Pick<TwinReport, "comparedKeys" | "gate" | "sample" | "stage" | "sweep">;

/**
 * How far the diff rate is from being certified, in words: "1.2 M of 4.4 M key visits, about 53 minutes at the present rate".
 * If an hour at this rate is not enough, it says what an hour certifies, and what would help.
 */
export function certificationWords(report: CertifiedReport): string {
  const { certification, threshold } = report.gate;
  const { visits, visitsNeeded, visitsPerSecond, leastMs, certifiedInAnHour } = certification;
  const far = `${compact(visits)} of ${compact(visitsNeeded)} key visits${ifDiffsGoOn(report)}`;
  if (leastMs === 0) return far;
  if (!STAGES[report.stage].mirrors) return `${far}; nothing is compared at ${report.stage}`;
  if (visitsPerSecond === null) return `${far}; how long it takes is unknown before one whole minute has passed`;
  if (leastMs === null || certifiedInAnHour === null) return `${far}; none in the last minute`;
  const due = `${far}, about ${roughTimeSpan(leastMs, Math.ceil)} at the present rate`;
  if (certifiedInAnHour < threshold) return due;
  const help = whatHelps(report, visitsPerSecond * 60, certifiedInAnHour);
  return `${due}. An hour at this rate certifies ${percent(certifiedInAnHour)}${help}`;
}

/** How many visits are needed if the rate seen so far goes on. */
function ifDiffsGoOn({ gate: { certification, episode } }: CertifiedReport): string {
  if (episode.diffs < FEWEST_DIFFS) return "";
  const { visitsNeededAtRate } = certification;
  return ` (${visitsNeededAtRate === null ? "never" : compact(visitsNeededAtRate)} if diffs go on as they did)`;
}

/** Only what can change something in the present state. */
function whatHelps(
  { comparedKeys, sample, stage, sweep }: CertifiedReport,
  visitsPerMinute: number,
  certifiedInAnHour: number,
): string {
  const helpful = [
    sample < 1 && STAGES[stage].comparesReads ? "a larger sample" : "",
    sweep.state === "never" || visitsPerMinute < NEARLY_ALL * comparedKeys ? "a sweep every minute" : "",
    certifiedInAnHour < MAX_THRESHOLD ? "a higher threshold" : "",
  ].filter((help) => help !== "");
  if (helpful.length === 0) return "";
  return `; ${new Intl.ListFormat("en", { type: "disjunction" }).format(helpful)} would help`;
}

/** Two digits, with a suffix: 4.4 M. */
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
