import { html } from "hono/html";
import { DIFF_KINDS, type TwinReport } from "../report.ts";
import type { Stage } from "../stage.ts";
import { count, exact, percent, percentBelow } from "./units.ts";

type Html = ReturnType<typeof html>;

/** What comes of it, or what to do, while nothing has been compared. */
const BEGIN: Record<Stage, string> = {
  off: "Begin by moving to dualwrite, so that writes go to both maps.",
  dualwrite: "Run a backfill for what was there before, then a sweep to compare all keys.",
  shadow: "Sampled reads are compared as they come, all keys by a sweep.",
  live: "Sampled reads are compared as they come, all keys by a sweep.",
  rampdown: "A sweep compares all keys.",
  complete: "The change is complete: there is nothing left to compare.",
};

/** The answer to the question that the page is opened for, in one line, and what it rests on. */
export function verdict(report: TwinReport, id: string): Html {
  const tone = report.diffs > 0 ? "bad" : report.compared > 0 ? "good" : "none";
  return html`
    <div id="${id}-verdict" class="verdict ${tone}">
      <p class="line">${line(report)}</p>
      <p>${report.compared === 0 ? BEGIN[report.stage] : grounds(report)}</p>
    </div>
  `;
}

/** The same for the ear: it changes when things turn, not with each number. */
export function turn(report: TwinReport): string {
  const found = report.compared === 0
    ? "nothing compared yet"
    : report.diffs > 0
    ? "the maps differ"
    : "no diff so far";
  return `${report.name} at ${report.stage}: ${found}${report.gate.met ? ", the gate is open" : ""}.`;
}

function line({ compared, diffs }: TwinReport): Html {
  if (compared === 0) return html`Nothing has been compared yet`;
  if (diffs === 0) return html`No diff in ${exact(compared)} ${compared === 1 ? "comparison" : "comparisons"}`;
  return html`${exact(diffs)} ${diffs === 1 ? "diff" : "diffs"} in ${exact(compared)} ${
    compared === 1 ? "comparison" : "comparisons"
  }`;
}

function grounds(report: TwinReport): string {
  return [found(report), bounds(report), left(report)].filter((sentence) => sentence !== "").join(" ");
}

function found({ byKind, diffs, diffRate }: TwinReport): string {
  if (diffs === 0) return "";
  const kinds = DIFF_KINDS.filter((kind) => byKind[kind] > 0).map((kind) => `${count(byKind[kind])} ${kind}`);
  return `${kinds.join(", ")}. Diff rate ${percent(diffRate)}.`;
}

function bounds({ confidence, diffRateUpper, diffKeyRateUpper }: TwinReport): string {
  if (diffRateUpper >= 1) return "";
  const byKeys = diffKeyRateUpper < 1 ? `; share of keys that differ below ${percentBelow(diffKeyRateUpper)}` : "";
  return `True rate below ${percentBelow(diffRateUpper)}${byKeys} (${percent(confidence)}).`;
}

/** What nothing is claimed of. */
function left({ dropped, inconclusive }: TwinReport): string {
  const parts = [
    inconclusive > 0 ? `${count(inconclusive)} inconclusive` : "",
    dropped > 0 ? `${count(dropped)} dropped` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `Not told by this: ${parts.join(", ")}.`;
}
