import { html } from "hono/html";
import { certificationWords } from "../../report/certification_words.ts";
import type { ReportedDecision, TwinReport } from "../../report/report.ts";
import { counted, dayAndMinute, exact, percent, percentBelow } from "../units.ts";

type Html = ReturnType<typeof html>;

type Condition = TwinReport["gate"]["conditions"][number];

const MEANING: Record<TwinReport["gate"]["verdict"], string> = {
  pass: "the new map may answer for more keys",
  hold: "not enough is known yet",
  fail: "the new map is not good enough",
};

/** What the gate says, condition by condition, how far the diff rate is from being certified, and who went past it. */
export function gate(report: TwinReport, id: string): Html {
  const { decisions, gate } = report;
  const { episode, verdict } = gate;
  return html`
    <section id="${id}-gate">
      <h3>Gate</h3>
      <div>
        <p><strong class="${verdict}">${verdict}</strong>: ${MEANING[verdict]}</p>
        <table class="conditions">
          <tbody>${gate.conditions.map(condition)}</tbody>
        </table>
        <dl class="pairs">
          <dt>To certify</dt>
          <dd>${certificationWords(report)}</dd>
          <dt>Episode</dt>
          <dd>${exact(episode.number)}, since ${dayAndMinute(episode.startedAt)} UTC: ${episode.why}</dd>
          <dt>Counted</dt>
          <dd>${counted(episode.visits, "key visit")}, ${exact(episode.diffs)} with a diff, ${exact(
            episode.late,
          )} late</dd>
          <dt>Thresholds</dt>
          <dd>${percentBelow(gate.threshold)} of key visits with a diff, ${percentBelow(
            gate.lateThreshold,
          )} late, with ${percent(gate.confidence)} confidence</dd>
        </dl>
        ${decisions.length === 0 ? "" : decided(decisions)}
      </div>
    </section>
  `;
}

function condition({ name, verdict, reason }: Condition): Html {
  return html`
    <tr>
      <th scope="row">${name}</th>
      <td class="${verdict}">${verdict}</td>
      <td>${reason}</td>
    </tr>
  `;
}

function decided(decisions: readonly ReportedDecision[]): Html {
  return html`
    <table class="decisions">
      <caption>Decisions, the newest first</caption>
      <tbody>${decisions.map((decision) =>
        html`
          <tr>
            <th scope="row"><time datetime="${decision.at}">${dayAndMinute(decision.at)} UTC</time></th>
            <td>${inWords(decision)}: “${decision.why}”${lacking(decision)}</td>
          </tr>
        `
      )}</tbody>
    </table>
  `;
}

function inWords({ kind, stage, percent: percentage }: ReportedDecision): string {
  const place = stage === "live" ? `live ${percent(percentage / 100)}` : stage;
  if (kind === "force") return `forced to ${place}`;
  return kind === "back" ? `back from ${place}` : `a new episode at ${place}`;
}

function lacking({ missing }: ReportedDecision): Html | "" {
  return missing.length === 0 ? "" : html`<small>without: ${missing.join("; ")}</small>`;
}
