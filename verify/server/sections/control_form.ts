import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { type Stage, STAGE_NAMES, STAGES } from "../../stages/stage.ts";
import { count, percent as inPercent } from "../units.ts";
import { actionOf } from "./form_action.ts";
import { rolloutControls } from "./rollout_controls.ts";

type Html = ReturnType<typeof html>;

/** The outcome of a form. */
export interface Notice {
  /** The twin it is about; without one, every twin shows it. */
  readonly twin: string | undefined;
  readonly text: string;
  readonly isProblem: boolean;
}

/** The steps in which the new map's share is usually raised, in percent. */
const STEPS = [1, 5, 25, 50, 100];

/** The stages from which no one goes on unless the gate passes. */
const GATED: readonly Stage[] = ["shadow", "live", "rampdown"];

/**
 * The form that moves a twin. It is not kept current, so that nothing changes while somebody fills it in, but for its
 * {@link workControls}. The field without a name is not sent: it tells a password manager whose token this is.
 */
export function controlForm(report: TwinReport, id: string, notice: Notice | undefined): Html {
  const { gate, name, percent, stage } = report;
  const choices = choicesAt(stage, percent);
  const isGated = gate.verdict !== "pass" && GATED.includes(stage);
  return html`
    <section id="${id}-control">
      <h3>Control</h3>
      <div>
        ${notice === undefined ? "" : told(notice)}
        <form method="post" action="${actionOf(name, "stage")}">
          <input type="text" value="${name}" autocomplete="username" hidden>
          <p class="field">
            <label for="${id}-token">Token</label>
            <input id="${id}-token" name="token" type="password" required autocomplete="current-password">
          </p>
          <p class="field">
            <label for="${id}-to">Move to</label>
            <select id="${id}-to" name="stage">${choices.map((to) =>
              html`<option value="${to.stage}">${to.label}</option>`
            )}</select>
          </p>
          <p class="field percent">
            <label for="${id}-percent">Percent of keys</label>
            <input id="${id}-percent" name="percent" inputmode="decimal" value="${nextStep(stage, percent)}">
          </p>
          <p class="field why">
            <label for="${id}-why">Why</label>
            <input id="${id}-why" name="why" maxlength="500" placeholder="the report records it">
          </p>
          <p class="buttons">
            <button class="first">Move</button>
            ${isGated ? pastGate(id) : ""}
          </p>
          <p class="buttons">
            ${percent > 0 ? html`<button formaction="${actionOf(name, "back")}">Back to the old map</button>` : ""}
            <button formaction="${actionOf(name, "reset")}">Begin a new episode</button>
          </p>
          ${workControls(report, id)}
          ${report.rollout === null ? "" : ownName(id)} ${rolloutControls(report, id)}
        </form>
      </div>
    </section>
  `;
}

/** The buttons for sweep and backfill: those that can do something now. */
export function workControls({ backfill, name, stage, sweep }: TwinReport, id: string): Html {
  const { mirrors, answers } = STAGES[stage];
  const work = [["backfill", backfill], ["sweep", sweep]] as const;
  const [paused, running] = (["paused", "running"] as const).map((state) => work.find(([, it]) => it.state === state));
  const button = (action: string, label: string, from?: string) =>
    from === undefined
      ? html`<button formaction="${actionOf(name, action)}">${label}</button>`
      : html`<button formaction="${actionOf(name, action)}" name="from" value="${from}">${label}</button>`;
  const copies = answers !== "split"
    ? [button("backfill", "Start backfill")]
    : [button("backfill", "Backfill the new map", "old"), button("backfill", "Backfill the old map", "new")];
  return html`
    <p id="${id}-work" class="buttons">
      ${paused === undefined ? "" : html`
        <strong class="paused">The ${paused[0]} is paused at ${count(paused[1].done)} of ${count(
          paused[1].total,
        )} entries.</strong> ${button("resume", "Resume")}
      `}
      ${running === undefined ? "" : button("pause", `Pause the ${running[0]}`)}
      ${paused ?? running ?? !mirrors ? "" : [...copies, button("sweep", "Start sweep")]}
    </p>
  `;
}

/** Who does it: a rollout records that. */
function ownName(id: string): Html {
  return html`
    <p class="field by">
      <label for="${id}-by">Your name</label>
      <input id="${id}-by" name="by" maxlength="100" autocomplete="name" placeholder="the rollout records it">
    </p>
  `;
}

/** The box that a move past the gate asks for, beside a reason. */
function pastGate(id: string): Html {
  return html`
    <label class="past" for="${id}-past">
      <input id="${id}-past" name="past" type="checkbox">
      Move although the gate does not pass (say why)
    </label>
  `;
}

/** Where a twin can move from `stage`: onwards first, and at `live`, to another share before anything else. */
function choicesAt(stage: Stage, percent: number): { readonly stage: Stage; readonly label: string }[] {
  const at = STAGE_NAMES.indexOf(stage);
  const [next, before] = [STAGE_NAMES[at + 1], STAGE_NAMES[at - 1]];
  const raise = { stage, label: percent < 100 ? `raise to … (now ${inPercent(percent / 100)})` : "lower to …" };
  const onwards = next === undefined ? [] : [{ stage: next, label: next }];
  const back = before === undefined ? [] : [{ stage: before, label: `${before} (back)` }];
  if (stage !== "live") return [...onwards, ...back];
  return percent < 100 ? [raise, ...onwards, ...back] : [...onwards, raise, ...back];
}

/** The share that is offered. */
function nextStep(stage: Stage, percent: number): number {
  if (stage === "rampdown") return 100;
  return STEPS.find((step) => step > percent) ?? 50;
}

/** It takes the focus, so that it is seen and read out after the page has loaded again. */
function told({ text, isProblem }: Notice): Html {
  return html`<p class="notice ${isProblem ? "bad" : ""}" tabindex="-1" autofocus>${text}</p>`;
}
