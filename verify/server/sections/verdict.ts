import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { DIFF_KINDS } from "../../stats/diff_kind.ts";
import type { Stage } from "../../stages/stage.ts";
import { count, exact, percent, percentBelow } from "../units.ts";

type Html = ReturnType<typeof html>;

/** What to expect, or what to do, while nothing has been compared. */
const BEGIN: Record<Stage, string> = {
  off: "Move to dualwrite, so that writes go to both maps.",
  dualwrite: "Run a backfill to copy what the old map already holds, then a sweep to compare all keys.",
  shadow: "Sampled reads are compared as they come. A sweep compares all keys.",
  live: "Sampled reads are compared as they come. A sweep compares all keys.",
  rampdown: "A sweep compares all keys.",
  complete: "The change is complete: there is nothing left to compare.",
};

const VERB: Record<TwinReport["gate"]["verdict"], string> = { pass: "passes", hold: "holds", fail: "fails" };

/** How many reasons of the gate are given; its section has them all. */
const MAX_REASONS = 2;

/** The answer that people open the page for, in one line, and the grounds for it. */
export function verdict(report: TwinReport, id: string): Html {
  return html`
    <div id="${id}-verdict" class="verdict ${tone(report)}">
      <p class="line">${line(report)}</p>
      <p>${report.compared === 0 ? BEGIN[report.stage] : grounds(report)}</p>
      <p class="gate"><strong>The gate ${VERB[report.gate.verdict]}.</strong> ${reasons(report)}</p>
      ${unclaimed(report)}
    </div>
  `;
}

/** The same for screen readers: it changes when the verdict does, not with each number. */
export function turn(report: TwinReport, id: string): Html {
  return html`<p id="${id}-turn" class="turn" role="status">${report.name} ${standing(report)}</p>`;
}

/** The same beside the name of a twin among several. */
export function entry(report: TwinReport, id: string): Html {
  return html`<span id="${id}-entry" class="${tone(report)}">${standing(report)}</span>`;
}

/** Only evidence counts as good. That there was no diff yet does not. */
function tone({ gate }: TwinReport): "good" | "bad" | "open" {
  if (gate.episode.diffs > 0 || gate.verdict === "fail") return "bad";
  return gate.verdict === "pass" ? "good" : "open";
}

function standing({ compared, diffs, gate, stage }: TwinReport): string {
  const found = compared === 0 ? "nothing compared yet" : diffs > 0 ? "the maps differ" : "no diff so far";
  return `at ${stage}: ${found}, the gate ${VERB[gate.verdict]}`;
}

function line({ compared, diffs, gate }: TwinReport): Html {
  if (compared === 0) return html`Nothing has been compared yet`;
  const comparisons = html`${exact(compared)} ${compared === 1 ? "comparison" : "comparisons"}`;
  if (diffs === 0) return html`No diff ${gate.verdict === "pass" ? "" : "so far "}in ${comparisons}`;
  return html`${exact(diffs)} ${diffs === 1 ? "diff" : "diffs"} in ${comparisons}`;
}

function grounds(report: TwinReport): string {
  return [found(report), bounds(report)].filter((sentence) => sentence !== "").join(" ");
}

/** Why the gate does not pass. */
function reasons({ gate }: TwinReport): string {
  const open = gate.conditions.filter(({ verdict }) => verdict !== "pass").map(({ name, reason }) =>
    `${name}: ${reason}`
  );
  const more = open.length - MAX_REASONS;
  const told = open.slice(0, MAX_REASONS).join("; ");
  return told === "" ? "" : `${told[0]?.toUpperCase()}${told.slice(1)}${more > 0 ? `; and ${more} more` : ""}.`;
}

function found({ byKind, diffs, diffRate, windows }: TwinReport): string {
  if (diffs === 0) return "";
  const kinds = DIFF_KINDS.filter((kind) => byKind[kind] > 0).map((kind) => `${kind} ${count(byKind[kind])}`);
  const lastHour = windows.minutes.reduce((sum, minute) => sum + minute.diffs, 0);
  const recently = lastHour === diffs ? "all" : lastHour === 0 ? "none" : count(lastHour);
  return `By kind: ${kinds.join(", ")}; ${recently} in the last hour. Diff rate ${percent(diffRate)}.`;
}

function bounds({ diffRateUpper, gate }: TwinReport): string {
  if (diffRateUpper >= 1) return "";
  return `The true rate is below ${percentBelow(diffRateUpper)}, with ${percent(gate.confidence)} confidence.`;
}

/** The comparisons that were due and say nothing. */
function unclaimed({ dropped, evicted, inconclusive }: TwinReport): Html | "" {
  const total = dropped + evicted + inconclusive;
  if (total === 0) return "";
  const parts = [
    evicted > 0 ? `${count(evicted)} evicted` : "",
    inconclusive > 0 ? `${count(inconclusive)} inconclusive` : "",
    dropped > 0 ? `${count(dropped)} dropped` : "",
  ].filter((part) => part !== "");
  const say = total === 1 ? "comparison says" : "comparisons say";
  return html`<p class="unclaimed">${parts.join(" and ")} ${say} nothing either way.</p>`;
}
