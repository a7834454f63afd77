import type { TwinReport } from "@twinmap/twinmap";
import { html } from "hono/html";
import { type Answers, clientFigures } from "../demo/client_figures.ts";
import { count, counted } from "../demo/numbers.ts";
import type { Happening } from "./happenings.ts";
import type { StoreMove } from "./store_move.ts";

type Html = ReturnType<typeof html>;

/** The part of the page that changes: how the new store is, what clients and the twin make of it, and what has happened. */
export function storeNow(move: StoreMove, load: Answers): Html {
  const report = move.sessions.report();
  return html`
    ${state(move, report)}
    <dl>${clientFigures(report, load)} ${copying(report)}</dl>
    <ol>${move.happenings.map(happened)}</ol>
  `;
}

function state({ store: { name }, trouble }: StoreMove, { mirror: { broken, journaled }, percent }: TwinReport): Html {
  const how = trouble ?? (broken || journaled > 0 ? "behind" : "well");
  const says = {
    stopped: html`<strong>${name} is stopped.</strong> It takes commands, and does not answer.`,
    slow: html`<strong>${name} is slow.</strong>`,
    behind: html`<strong>${name} works again,</strong> and lacks some writes. They are copied from the journal.`,
    well: html`${name} works.`,
  };
  const clients = percent === 0
    ? "No client notices: the Map answers them all."
    : `${name} answers for ${percent} % of the keys, so clients notice.`;
  return html`<p class="state ${how === "well" ? "" : "bad"}">${says[how]} ${how === "well" ? "" : clients}</p>`;
}

function copying({ mirror, compared, diffs }: TwinReport): Html {
  return html`
    <div>
      <dt>Breaker</dt>
      <dd class="${mirror.broken ? "bad" : ""}">${mirror.broken ? "open" : "closed"}</dd>
      <dd class="note">${mirror.broken ? "copies of writes are put off" : "each write is copied"}</dd>
    </div>
    <div>
      <dt>Keys in the journal</dt>
      <dd class="${mirror.journaled > 0 ? "bad" : ""}">${count(mirror.journaled)}</dd>
      <dd class="note">to be copied again</dd>
    </div>
    <div>
      <dt>Writes that wait to be copied</dt>
      <dd>${count(mirror.pending)}</dd>
    </div>
    <div>
      <dt>Diffs</dt>
      <dd class="${diffs > 0 ? "bad" : ""}">${count(diffs)}</dd>
      <dd class="note">in ${counted(compared, "comparison")}</dd>
    </div>
  `;
}

function happened({ atMs, text }: Happening): Html {
  const at = new Date(atMs).toISOString();
  return html`<li><time datetime="${at}">${at.slice(11, 19)}</time> <span>${text}</span></li>`;
}
