import type { TwinReport } from "../report/report.ts";
import type { ReportedLatency } from "../report/reported_latency.ts";
import { DIFF_KINDS } from "../stats/diff_kind.ts";
import { STAGE_NAMES } from "../stages/stage.ts";

/** The media type of Prometheus' text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

interface Family {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples(report: TwinReport): Sample[];
}

const counter = (name: string, help: string, samples: Family["samples"]): Family => (
  { name: `twinmap_${name}_total`, type: "counter", help, samples }
);
const gauge = (name: string, help: string, samples: Family["samples"]): Family => (
  { name: `twinmap_${name}`, type: "gauge", help, samples }
);
const only = (value: number): Sample[] => [[{}, value]];

const VERDICTS = ["pass", "hold", "fail"] as const;
const ROLLOUT_STATES = ["idle", "running", "paused", "ended"] as const;
const ROLLOUT_DECISIONS = ["promote", "hold", "back"] as const;

/** A sample for each of `all`: 1 for `present`. */
function oneOfEach(label: string, all: readonly string[], present: string): Sample[] {
  return all.map((name) => [{ [label]: name }, Number(name === present)]);
}

const FAMILIES: readonly Family[] = [
  gauge(
    "stage",
    "1 for the stage that the twin is at, 0 for the others.",
    ({ stage }) => oneOfEach("stage", STAGE_NAMES, stage),
  ),
  gauge("new_answers_ratio", "Share of keys that the new map answers for.", ({ percent }) => only(percent / 100)),
  gauge(
    "start_time_seconds",
    "When the twin was made, in seconds since the Unix epoch.",
    ({ startedAt }) => only(Date.parse(startedAt) / 1_000),
  ),
  counter("operations", "Operations by callers.", ({ operations }) => [
    [{ kind: "read" }, operations.reads],
    [{ kind: "write" }, operations.writes],
  ]),
  counter(
    "due",
    "Comparisons that were due: compared, evicted, ignored, inconclusive, dropped or pending.",
    ({ due }) => only(due),
  ),
  counter("compared", "Comparisons that ended: matched, late or a diff.", ({ compared }) => only(compared)),
  counter("matched", "Comparisons that found both sides equal on the first look.", ({ matched }) => only(matched)),
  counter("late", "Comparisons whose difference was gone at the re-check.", ({ late }) => only(late)),
  counter(
    "diffs",
    "Comparisons that found a difference, confirmed by a re-check.",
    ({ byKind }) => DIFF_KINDS.map((kind) => [{ kind }, byKind[kind]]),
  ),
  counter(
    "evicted",
    "Comparisons of a key that one side had evicted.",
    ({ evicted }) => only(evicted),
  ),
  counter("ignored", "Comparisons of a key that the owner's ignore excepts.", ({ ignored }) => only(ignored)),
  counter(
    "inconclusive",
    "Comparisons whose key was being written to on every look.",
    ({ inconclusive }) => only(inconclusive),
  ),
  counter("dropped", "Comparisons that were due but not made.", ({ dropped }) => only(dropped)),
  gauge("pending", "Comparisons that are still waiting.", ({ pending }) => only(pending)),
  gauge("diff_ratio", "Diffs per comparison.", ({ diffRate }) => only(diffRate)),
  gauge(
    "diff_ratio_upper",
    "Upper bound of the true share of key visits with a diff.",
    ({ diffRateUpper }) => only(diffRateUpper),
  ),
  gauge(
    "compared_keys",
    "Estimated number of distinct keys that were compared.",
    ({ comparedKeys }) => only(comparedKeys),
  ),
  gauge("diff_keys", "Estimated number of distinct keys that had a diff.", ({ diffKeys }) => only(diffKeys)),
  gauge(
    "gate_verdict",
    "1 for the verdict of the gate, 0 for the others.",
    ({ gate }) => oneOfEach("verdict", VERDICTS, gate.verdict),
  ),
  gauge(
    "gate_condition_verdict",
    "1 for the verdict on each condition of the gate, 0 for the others.",
    ({ gate }) =>
      gate.conditions.flatMap(({ name, verdict }) =>
        VERDICTS.map((other): Sample => [{ condition: name, verdict: other }, Number(other === verdict)])
      ),
  ),
  gauge("episode", "Number of the present episode.", ({ gate }) => only(gate.episode.number)),
  gauge(
    "episode_start_time_seconds",
    "When the present episode began, in seconds since the Unix epoch.",
    ({ gate }) => only(Date.parse(gate.episode.startedAt) / 1_000),
  ),
  gauge("episode_key_visits", "Key visits in the present episode.", ({ gate }) => only(gate.episode.visits)),
  gauge(
    "episode_diff_key_visits",
    "Key visits in the present episode that found a diff.",
    ({ gate }) => only(gate.episode.diffs),
  ),
  gauge(
    "episode_late_key_visits",
    "Key visits in the present episode that found the key late.",
    ({ gate }) => only(gate.episode.late),
  ),
  gauge(
    "episode_diff_ratio_upper",
    "Upper bound of the share of key visits with a diff, at the confidence of the gate.",
    ({ gate }) => only(gate.episode.diffRate.upper),
  ),
  gauge(
    "episode_late_ratio_upper",
    "Upper bound of the share of key visits that find the key late, at the confidence of the gate.",
    ({ gate }) => only(gate.episode.lateRate.upper),
  ),
  gauge(
    "gate_threshold_ratio",
    "The share of key visits that must not be reached, of those with a diff and of those that find the key late.",
    ({ gate }) => [[{ finding: "diff" }, gate.threshold], [{ finding: "late" }, gate.lateThreshold]],
  ),
  gauge(
    "certification_key_visits",
    "Key visits that certify the diff rate if no further diff comes.",
    ({ gate }) => only(gate.certification.visitsNeeded),
  ),
  gauge(
    "rollout_state",
    "1 for the state of the rollout, 0 for the others; nothing without a rollout.",
    ({ rollout }) => rollout === null ? [] : oneOfEach("state", ROLLOUT_STATES, rollout.state),
  ),
  gauge(
    "rollout_decision",
    "1 for what the rollout does next, 0 for the others; nothing without a rollout.",
    ({ rollout }) => rollout === null ? [] : oneOfEach("decision", ROLLOUT_DECISIONS, rollout.decision),
  ),
  counter(
    "rollout_returns",
    "How often the rollout went back by itself.",
    ({ rollout }) => rollout === null ? [] : only(rollout.returns),
  ),
  gauge(
    "way_back_safe",
    "1 while the old map can take over again without losing anything, else 0; nothing without a rollout.",
    ({ rollout }) => rollout === null ? [] : only(Number(rollout.wayBack.safe)),
  ),
  counter("mirror_errors", "Mirrored writes that threw on the other side.", ({ mirror }) => only(mirror.errors)),
  counter(
    "mirror_overruns",
    "How often the queue was full, so that a caller had to apply a waiting write.",
    ({ mirror }) => only(mirror.overruns),
  ),
  gauge("mirror_pending", "Writes waiting to be mirrored.", ({ mirror }) => only(mirror.pending)),
  gauge(
    "mirror_journaled_keys",
    "Keys to be copied again, since a mirrored write to them failed or may still take effect.",
    ({ mirror }) => only(mirror.journaled),
  ),
  gauge(
    "mirror_broken",
    "1 while the other side fails or does not answer, so that writes to it are put off, else 0.",
    ({ mirror }) => only(Number(mirror.broken)),
  ),
  counter(
    "hook_errors",
    "Errors thrown by onDiff, onEvent, equals, ignore or hotKeys.top.",
    ({ hookErrors }) => only(hookErrors),
  ),
  gauge("sweep_running", "1 while a sweep is running, else 0.", ({ sweep }) => only(Number(sweep.state === "running"))),
  gauge("sweep_entries", "Entries that the last sweep has to compare.", ({ sweep }) => only(sweep.total)),
  gauge("sweep_entries_done", "Entries that the last sweep has compared.", ({ sweep }) => only(sweep.done)),
  gauge("sweep_diffs", "Diffs that the last sweep found.", ({ sweep }) => only(sweep.diffs)),
  gauge(
    "backfill_running",
    "1 while a backfill is running, else 0.",
    ({ backfill }) => only(Number(backfill.state === "running")),
  ),
  gauge("backfill_entries", "Entries that the last backfill has to copy.", ({ backfill }) => only(backfill.total)),
  gauge(
    "backfill_entries_done",
    "Entries that the last backfill has copied or skipped.",
    ({ backfill }) => only(backfill.done),
  ),
];

const LATENCY = "twinmap_read_latency_seconds";

/**
 * The reports in Prometheus' text format 0.0.4. It is written by hand because client libraries do their own counting, and
 * accept no counts from elsewhere.
 */
export function renderMetrics(reports: readonly TwinReport[]): string {
  const lines = FAMILIES.flatMap((family) => {
    const samples = reports.flatMap((report) =>
      family.samples(report).map(([labels, value]) => sample(family.name, { twin: report.name, ...labels }, value))
    );
    return samples.length === 0 ? [] : [...heading(family.name, family.type, family.help), ...samples];
  });
  lines.push(...heading(LATENCY, "histogram", "How long sampled reads took, on both sides."));
  for (const { name, latency } of reports) {
    lines.push(...histogram({ twin: name, side: "old" }, latency.old));
    lines.push(...histogram({ twin: name, side: "new" }, latency.new));
  }
  return lines.join("\n") + "\n";
}

function heading(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function histogram(labels: Labels, { buckets, count, sumNs }: ReportedLatency): string[] {
  return [
    ...buckets.map((bucket) =>
      sample(`${LATENCY}_bucket`, { ...labels, le: String(bucket.atMostNs / 1e9) }, bucket.count)
    ),
    sample(`${LATENCY}_bucket`, { ...labels, le: "+Inf" }, count),
    sample(`${LATENCY}_sum`, labels, sumNs / 1e9),
    sample(`${LATENCY}_count`, labels, count),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}{${pairs.join(",")}} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
