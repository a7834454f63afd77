import { html } from "hono/html";
import type { TwinReport } from "../report.ts";
import { STAGE_NAMES } from "../stage.ts";

type Html = ReturnType<typeof html>;

/**
 * The form that moves a twin. It is no part of what is kept current, so that nothing changes under one's hands: it offers
 * all stages, and the answer says what is missing for one that is not open.
 */
export function controlForm(report: TwinReport, id: string, problem: string | undefined): Html {
  const at = STAGE_NAMES.indexOf(report.stage);
  const next = STAGE_NAMES[at + 1] ?? report.stage;
  const action = (name: string) => `?do=${name}&twin=${encodeURIComponent(report.name)}`;
  return html`<section class="control" aria-labelledby="${id}-control-h">
<h3 id="${id}-control-h">Control</h3>
${problem !== undefined && html`<p class="notice bad" role="alert">${problem}</p>`}
<form method="post" action="${action("stage")}">
<p><label for="${id}-token">Token</label>
<input id="${id}-token" name="token" type="password" required autocomplete="current-password"></p>
<p><label for="${id}-to">Stage</label>
<select id="${id}-to" name="stage">${
    STAGE_NAMES.map((stage) =>
      html`<option${
        stage === next
          ? html`
            selected
          `
          : ""
      }>${stage}</option>`
    )
  }</select></p>
<p><label for="${id}-percent">Percent of keys, at live</label>
<input id="${id}-percent" name="percent" type="number" min="0" max="100" step="any" required value="${
    report.stage === "live" ? report.percent : 1
  }"></p>
<p class="buttons"><button>Move to stage</button>
<button formaction="${action("backfill")}">Start backfill</button>
<button formaction="${action("sweep")}">Start sweep</button></p>
</form></section>`;
}
