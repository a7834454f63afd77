import type { ReportedDiff, TwinReport } from "../report/report.ts";
import { DIFF_KINDS } from "../stats/diff_kind.ts";
import { STAGES } from "../stages/stage.ts";
import { count, counted, oneIn, percent, perSecond } from "./numbers.ts";
import { printable } from "../../src/inspection/printable.ts";

/** So many of the last diffs are listed. */
const MAX_LISTED = 5;

/** What a replay was, beside its report. */
export interface Replayed {
  /** The map that was in use, as it was named. */
  readonly oldMap: string;
  /** The map that is to take over, as it was named. */
  readonly newMap: string;
  readonly operations: number;
  readonly seconds: number;
  /** Whether keys and values may be shown. */
  readonly reveal: boolean;
}

/** A replay in a few lines, for a person: the verdict first, then what it rests on, then the last diffs. */
export function summarize(replayed: Replayed, report: TwinReport): string {
  const { oldMap, newMap, operations, seconds } = replayed;
  const rate = perSecond(operations, seconds);
  const lines = [
    verdict(report),
    "",
    `Replayed   ${counted(operations, "operation")} in ${seconds.toFixed(1)} s (${rate}) at ${report.stage}`,
    `Maps       ${oldMap} (old), ${newMap} (new)`,
    `Compared   ${compared(report)}`,
    `Sweep      ${swept(report)}`,
    `Diff rate  ${diffRate(report)}`,
  ];
  if (report.diffs > 0) lines.push(`Diffs      ${byKind(report)}`);
  return `${[...lines, ...listed(report, replayed.reveal)].join("\n")}\n`;
}

function verdict({ compared, comparedKeys, diffs }: TwinReport): string {
  if (compared === 0) return "Nothing was compared";
  const found = diffs === 0 ? "No diff" : counted(diffs, "diff");
  return `${found} in ${counted(compared, "comparison")} of about ${counted(comparedKeys, "key")}`;
}

function compared({ matched, diffs, transient, evicted, inconclusive, dropped }: TwinReport): string {
  const parts = Object.entries({
    matched,
    diffs,
    transient,
    inconclusive,
    dropped,
    ...(evicted > 0 ? { evicted } : {}),
  });
  return parts.map(([name, number]) => `${count(number)} ${name}`).join(", ");
}

function swept({ sweep, stage }: TwinReport): string {
  if (!STAGES[stage].mirrors) return `none: at ${stage} only one map is written`;
  if (sweep.state !== "done") return "broken off: a map threw";
  const found = [
    sweep.diffs > 0 ? counted(sweep.diffs, "diff") : "",
    sweep.inconclusive > 0 ? `${count(sweep.inconclusive)} inconclusive` : "",
  ].filter((part) => part !== "");
  const gone = sweep.evicted > 0 ? `, ${count(sweep.evicted)} evicted` : "";
  return `${found.join(", ") || "clean"}${gone}, over all entries of both maps (${count(sweep.done)})`;
}

function diffRate({ compared, diffRate, diffRateUpper, confidence }: TwinReport): string {
  if (compared === 0) return "not known";
  if (diffRateUpper >= 1) return percent(diffRate);
  const bound = diffRateUpper > 0.1 ? `at most ${percent(diffRateUpper)}` : `below ${oneIn(diffRateUpper)}`;
  return `${percent(diffRate)}; the true rate is ${bound} (${percent(confidence)} confidence)`;
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
