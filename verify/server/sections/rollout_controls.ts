import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { actionOf } from "./form_action.ts";

type Html = ReturnType<typeof html>;

/** The buttons for a rollout: those that can do something now. */
export function rolloutControls({ name, rollout }: TwinReport, id: string): Html | "" {
  if (rollout === null) return "";
  const { state, steps } = rollout;
  const next = steps.find(({ place }) => place === "ahead");
  const button = (action: string, label: string) =>
    html`<button formaction="${actionOf(name, `rollout/${action}`)}">${label}</button>`;
  return html`
    <p id="${id}-rollout-work" class="buttons">
      ${state === "running" ? button("pause", "Pause the rollout") : ""}
      ${state === "paused" ? button("resume", "Let the rollout go on") : ""}
      ${state !== "ended" && next?.confirm === true ? button("confirm", `Confirm ${next.stage}`) : ""}
      ${state === "ended" || next === undefined ? "" : button("promote", "Next step now, past the gate")}
      ${state === "ended" ? "" : button("abort", "Go back and end the rollout")}
    </p>
  `;
}
