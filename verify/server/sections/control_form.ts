import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { STAGE_NAMES } from "../../stages/stage.ts";

type Html = ReturnType<typeof html>;

/** The outcome of a form. */
export interface Notice {
  /** The twin it is about; without one, every twin shows it. */
  readonly twin: string | undefined;
  readonly text: string;
  readonly isProblem: boolean;
}

/**
 * The form that moves a twin. It is not kept current, so that nothing changes while somebody fills it in. It offers all
 * stages; the answer says what is missing if a stage is not open. The field without a name is not sent: it tells a password
 * manager whose token this is.
 */
export function controlForm(report: TwinReport, id: string, notice: Notice | undefined): Html {
  const next = STAGE_NAMES[STAGE_NAMES.indexOf(report.stage) + 1] ?? report.stage;
  const action = (name: string) => `?do=${name}&twin=${encodeURIComponent(report.name)}`;
  const percent = report.stage === "live" ? report.percent : 1;
  return html`
    <section id="${id}-control">
      <h3>Control</h3>
      <div>
        ${notice === undefined ? "" : told(notice)}
        <form method="post" action="${action("stage")}">
          <input type="text" value="${report.name}" autocomplete="username" hidden>
          <p class="field">
            <label for="${id}-token">Token</label>
            <input id="${id}-token" name="token" type="password" required autocomplete="current-password">
          </p>
          <p class="field">
            <label for="${id}-to">Stage</label>
            <select id="${id}-to" name="stage">${STAGE_NAMES.map((stage) =>
              html`<option value="${stage}" ${stage === next ? "selected" : ""}>${stage}</option>`
            )}</select>
          </p>
          <p class="field percent">
            <label for="${id}-percent">Percent of keys, at live</label>
            <input id="${id}-percent" name="percent" inputmode="decimal" value="${percent}">
          </p>
          <p class="buttons">
            <button class="first">Move to stage</button>
            <button formaction="${action("backfill")}">Start backfill</button>
            <button formaction="${action("sweep")}">Start sweep</button>
            <button formaction="${action("pause")}">Pause</button>
            <button formaction="${action("resume")}">Resume</button>
          </p>
        </form>
      </div>
    </section>
  `;
}

/** It takes the focus, so that it is seen and read out after the page has loaded again. */
function told({ text, isProblem }: Notice): Html {
  return html`<p class="notice ${isProblem ? "bad" : ""}" tabindex="-1" autofocus>${text}</p>`;
}
