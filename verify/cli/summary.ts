import { count, counted, oneIn, percent } from "./numbers.ts";
import { DIFF_KINDS, type TwinReport } from "../report.ts";

/** So many of the last diffs are listed. */
const MAX_LISTED = 10;

/** What a replay was, beside its report. */
export interface Replayed {
  readonly oldMap: string;
  readonly newMap: string;
  readonly operations: number;
  readonly seconds: number;
}

/** A replay in a few lines, for a person. */
export function summarize(replayed: Replayed, report: TwinReport): string {
  const { operations, seconds } = replayed;
  const rate = count(operations / Math.max(seconds, 0.001));
  return [
    line("Replayed", `${counted(operations, "operation")} in ${seconds.toFixed(1)} s (${rate}/s)`),
    line("Maps", `${replayed.oldMap} (old), ${replayed.newMap} (new) at ${report.stage}`),
    line("Compared", compared(report)),
    line("Sweep", swept(report)),
    line("Diff rate", diffRate(report)),
    report.diffs > 0 ? line("Diffs", byKind(report)) : line("Diffs", "none"),
    ...listed(report),
    "",
  ].join("\n");
}

function line(label: string, text: string): string {
  return `${label.padEnd(11)}${text}`;
}

function compared({ compared, matched, transient, inconclusive, dropped }: TwinReport): string {
  if (compared + inconclusive + dropped === 0) return "nothing";
  const parts = { matched, transient, inconclusive, dropped };
  const shown = Object.entries(parts).map(([name, number]) => `${count(number)} ${name}`);
  return `${counted(compared, "time")}: ${shown.join(", ")}`;
}

function swept({ sweep, stage }: TwinReport): string {
  if (sweep.state !== "done") return `none: at ${stage} only one map is written`;
  const found = sweep.clean
    ? "clean"
    : [sweep.diffs > 0 && counted(sweep.diffs, "diff"), sweep.inconclusive > 0 && `${sweep.inconclusive} inconclusive`]
      .filter((part) => part !== false).join(", ");
  return `${found}, over ${sweep.done === 1 ? "1 entry" : `${count(sweep.done)} entries`} of both maps`;
}

function diffRate(report: TwinReport): string {
  if (report.compared === 0) return "not known: nothing was compared";
  const upper = report.diffRateUpper;
  const bound = upper >= 1 ? "not known" : upper > 0.1 ? `at most ${percent(upper)}` : `below ${oneIn(upper)}`;
  return `${percent(report.diffRate)}; the true rate ${bound} at ${percent(report.confidence)} confidence`;
}

function byKind({ diffs, byKind, diffKeys }: TwinReport): string {
  const kinds = DIFF_KINDS.filter((kind) => byKind[kind] > 0).map((kind) => `${count(byKind[kind])} ${kind}`);
  return `${count(diffs)}: ${kinds.join(", ")}; of about ${counted(diffKeys, "key")}`;
}

function listed({ recent }: TwinReport): string[] {
  if (recent.length === 0) return [];
  const lines = recent.slice(0, MAX_LISTED).flatMap((diff) => [
    `  ${diff.kind} of ${printable(diff.key)} by ${diff.operation}: old ${printable(diff.old)}, new ${
      printable(diff.new)
    }`,
    ...diff.paths.map((path) =>
      `    at ${printable(path.path)}: old ${printable(path.old)}, new ${printable(path.new)}`
    ),
  ]);
  return ["", "The last diffs, newest first:", ...lines];
}

/** A key can hold anything, also what a terminal would take for a command. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
