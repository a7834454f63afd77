import type { TwinReport } from "@twinmap/twinmap";
import { html } from "hono/html";
import type { Load } from "./load.ts";
import { count } from "./numbers.ts";

/** How many requests of the clients were answered correctly and wrongly. */
export type Answers = Pick<Load, "right" | "wrong">;

/** What the clients of the service see, as entries of a list. */
export function clientFigures(report: TwinReport, load: Answers): ReturnType<typeof html> {
  // The last second is still running.
  const { reads = 0, writes = 0 } = report.windows.seconds.at(-2) ?? {};
  return html`
    <div>
      <dt>Stage</dt>
      <dd>${report.stage}</dd>
      <dd class="note">${whoAnswers(report)}</dd>
    </div>
    <div>
      <dt>Map operations</dt>
      <dd>${count(reads + writes)}/s</dd>
    </div>
    <div>
      <dt>Correct answers to clients</dt>
      <dd>${count(load.right)}</dd>
    </div>
    <div>
      <dt>Wrong answers to clients</dt>
      <dd class="${load.wrong > 0 ? "bad" : ""}">${count(load.wrong)}</dd>
    </div>
  `;
}

function whoAnswers({ stage, percent }: TwinReport): string {
  if (stage === "live") return `new answers for ${percent} % of keys`;
  return stage === "rampdown" || stage === "complete" ? "new answers" : "old answers";
}
