import type { ReportedDiff, TwinReport } from "../report/report.ts";
import { certificationWords } from "../report/certification_words.ts";
import { DIFF_KINDS } from "../stats/diff_kind.ts";
import { STAGES } from "../stages/stage.ts";
import { count, counted, oneIn, percent, perSecond } from "./numbers.ts";
import { printable } from "../../src/inspection/printable.ts";

/** The number of recent diffs that are listed. */
const MAX_LISTED = 5;

/** What the summary says of a replay besides its report. */
export interface Replayed {
  /** The name of the old map, as given on the command line. */
  readonly oldMap: string;
  /** The name of the new map, as given on the command line. */
  readonly newMap: string;
  readonly operations: number;
  readonly seconds: number;
  /** Whether keys and values may be shown. */
  readonly reveal: boolean;
}

/** Summarizes a replay in a few lines for people: the verdict, the counts behind it, and the last diffs. */
export function summarize(replayed: Replayed, report: TwinReport): string {
  const { oldMap, newMap, operations, seconds } = replayed;
  const rate = perSecond(operations, seconds);
  const lines = [
    verdict(report),
    "",
    `Replayed   ${counted(operations, "operation")} in ${seconds.toFixed(1)} s (${rate}) at ${report.stage}`,
    `Maps       ${printable(oldMap)} (old), ${printable(newMap)} (new)`,
    `Compared   ${compared(report)}`,
    `Sweep      ${swept(report)}`,
    `Diff rate  ${diffRate(report)}`,
    `To certify ${certificationWords(report)}`,
  ];
  if (report.diffs > 0) lines.push(`Diffs      ${byKind(report)}`);
  return `${[...lines, ...listed(report, replayed.reveal)].join("\n")}\n`;
}

function verdict({ compared, comparedKeys, diffs }: TwinReport): string {
  if (compared === 0) return "Nothing was compared";
  const found = diffs === 0 ? "No diff" : counted(diffs, "diff");
  return `${found} in ${counted(compared, "comparison")} of about ${counted(comparedKeys, "key")}`;
}

function compared({ matched, diffs, late, evicted, ignored, inconclusive, dropped }: TwinReport): string {
  const parts = Object.entries({
    matched,
    diffs,
    late,
    inconclusive,
    dropped,
    ...(evicted > 0 ? { evicted } : {}),
    ...(ignored > 0 ? { ignored } : {}),
  });
  return parts.map(([name, number]) => `${count(number)} ${name}`).join(", ");
}

function swept({ sweep, stage }: TwinReport): string {
  if (!STAGES[stage].mirrors) return `none: at ${stage} only one map is written`;
  if (sweep.state !== "done") return "aborted: a map threw";
  const found = [
    sweep.diffs > 0 ? counted(sweep.diffs, "diff") : "",
    sweep.late > 0 ? `${count(sweep.late)} late` : "",
    sweep.inconclusive > 0 ? `${count(sweep.inconclusive)} inconclusive` : "",
  ].filter((part) => part !== "");
  if (sweep.done === 0) return "clean, but both maps are empty (--on-miss load fills them as a cache does)";
  const gone = [
    sweep.evicted > 0 ? `, ${count(sweep.evicted)} evicted` : "",
    sweep.ignored > 0 ? `, ${count(sweep.ignored)} ignored` : "",
  ].join("");
  return `${found.join(", ") || "clean"}${gone}, over all entries of both maps (${count(sweep.done)})`;
}

function diffRate({ compared, diffRate, diffRateUpper, gate }: TwinReport): string {
  if (compared === 0) return "unknown";
  if (diffRateUpper >= 1) return percent(diffRate);
  const bound = diffRateUpper > 0.1 ? `at most ${percent(diffRateUpper)}` : `below ${oneIn(diffRateUpper)}`;
  return `${percent(diffRate)}; the true rate is ${bound} (${percent(gate.confidence)} confidence)`;
}

function byKind({ byKind, diffKeys }: TwinReport): string {
  const kinds = DIFF_KINDS.filter((kind) => byKind[kind] > 0).map((kind) => `${count(byKind[kind])} ${kind}`);
  return `${kinds.join(", ")}, of about ${counted(diffKeys, "key")}`;
}

function listed({ recent }: TwinReport, reveal: boolean): string[] {
  if (recent.length === 0) return [];
  const hint = reveal ? "" : " (--reveal shows keys and values)";
  return ["", `The last diffs, newest first${hint}:`, ...recent.slice(0, MAX_LISTED).flatMap(described)];
}

function described(diff: ReportedDiff): string[] {
  return [
    "",
    `  ${diff.kind} of ${printable(diff.key)} by ${diff.operation}`,
    `    old  ${printable(diff.old)}`,
    `    new  ${printable(diff.new)}`,
    ...diff.paths.filter(({ path }) => path !== "").map((at) => {
      return `    at ${printable(at.path)}: old ${printable(at.old)}, new ${printable(at.new)}`;
    }),
  ];
}
