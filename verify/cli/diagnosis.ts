import { printable } from "../../src/inspection/printable.ts";
import type { Diagnosis, Examined } from "../doctor/doctor.ts";
import type { Finding } from "../doctor/finding.ts";
import { count, counted, milliseconds } from "./numbers.ts";

/** Describes a diagnosis for people: the verdict, what it is based on, and each finding with what to do about it. */
export function describeDiagnosis(
  { oldMap, newMap }: { readonly oldMap: string; readonly newMap: string },
  { old, new: next, scan, findings }: Diagnosis,
): string {
  const lines = [
    verdict(findings),
    "",
    `Old      ${printable(oldMap)} (${described(old)})`,
    `New      ${printable(newMap)} (${described(next)})`,
    `Scanned  ${counted(scan.entries, "entry", "entries")} of the old map${
      scan.isComplete ? "" : ", not all"
    }; nothing was written`,
    `get()    ${latency("old", old)}, ${latency("new", next)}`,
    ...clocks(old, next),
    ...findings.flatMap(linesOf),
  ];
  return `${lines.join("\n")}\n`;
}

function verdict(findings: readonly Finding[]): string {
  const number = (level: Finding["level"]) => findings.filter((finding) => finding.level === level).length;
  const [problems, notes] = [number("problem"), number("note")];
  const found = problems === 0 ? "No problem" : counted(problems, "problem");
  return notes === 0 ? `${found} found` : `${found} found, and ${counted(notes, "note")}`;
}

function described({ name, codec }: Examined): string {
  return printable(codec === undefined ? name : `${name}, codec ${codec}`);
}

function latency(side: "old" | "new", { latency }: Examined): string {
  if (latency === undefined) return `not measured (${side})`;
  return `${milliseconds(latency.medianMs)}, at most ${milliseconds(latency.maxMs)} (${side})`;
}

function clocks(old: Examined, next: Examined): string[] {
  const parts = Object.entries({ old, new: next }).flatMap(([side, { clock }]) => {
    if (clock === undefined) return [];
    const { aheadMs, errorMs } = clock;
    const sign = aheadMs > 0 ? "+" : "-";
    return [
      `${sign}${count(Math.abs(aheadMs))} ms (${side}'s server against this machine, to ${
        count(Math.ceil(errorMs))
      } ms)`,
    ];
  });
  return parts.length === 0 ? [] : [`Clock    ${parts.join(", ")}`];
}

function linesOf({ level, text, advice, examples }: Finding): string[] {
  const lines = [
    "",
    `${level === "problem" ? "Problem" : "Note"}: ${printable(text)}`,
    `  ${printable(advice)}`,
  ];
  return examples.length === 0
    ? lines
    : [...lines, ...examples.map((example) => `  for example ${printable(example)}`)];
}
