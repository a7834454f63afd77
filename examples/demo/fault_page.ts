import type { DiffKind, TwinReport } from "@twinmap/twinmap";
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { html } from "hono/html";
import { type FaultName, FAULTS } from "../../testing/faults.ts";
import { type Answers, clientFigures } from "./client_figures.ts";
import { count, counted, percent } from "./numbers.ts";
import { pageFrame, protect } from "./page_frame.ts";
import { type Planted, SESSION_FAULTS, type SessionMove } from "./session_move.ts";

type Html = ReturnType<typeof html>;

const ABOUT =
  "This service keeps its sessions in a Map. A rollout moves them to a ShardedMap in about two minutes, and compares " +
  "the two. The demo makes the clients itself; a few of them make most of the requests.";
const WHAT_HAPPENS =
  "Up to the stage shadow the old map answers: a fault in the new one reaches no client, and the rollout goes on no " +
  "further. At live it gives some clients wrong answers until the rollout goes back, within seconds, to where the old " +
  "map answers every key. At complete there is no way back.";

/**
 * The page of the service: its present state, and the buttons that plant a fault.
 *
 * | route | answer |
 * | --- | --- |
 * | `GET /` | the page |
 * | `GET /now` | the part of it that changes |
 * | `POST /fault` with `fault` | plants that fault, or with an empty one removes it; then redirects to the page |
 *
 * @param reportPath Where the report is.
 */
export function faultPage(move: SessionMove, load: Answers, reportPath: string): Hono {
  const app = new Hono();
  app.get("/", protect, (c) => c.html(page(move, load, reportPath)));
  app.get("/now", protect, (c) => c.html(now(move, load)));
  app.post("/fault", csrf(), async (c) => {
    const { fault } = await c.req.parseBody();
    const name = SESSION_FAULTS.find((name) => name === fault);
    if (name === undefined && fault !== "") return c.text("There is no such fault", 400);
    if (name === undefined) move.takeAway();
    else move.plant(name);
    return c.redirect("/", 303);
  });
  return app;
}

function page(move: SessionMove, load: Answers, reportPath: string): Html {
  return pageFrame(
    "Sessions",
    html`
      <h1>Sessions move to another map</h1>
      <p class="lead">${ABOUT}</p>
      <p><a href="${reportPath}" target="_blank">Open the report of the twin</a></p>
      <section aria-labelledby="now-h">
        <h2 id="now-h">Now</h2>
        <div id="now">${now(move, load)}</div>
        ${TAKE_AWAY}
      </section>
      <section aria-labelledby="plant-h">
        <h2 id="plant-h">Plant a fault in the new map</h2>
        ${faultForm(move.planted)}
      </section>
      <section aria-labelledby="live-h">
        <h2 id="live-h">What happens then</h2>
        <p>${WHAT_HAPPENS}</p>
      </section>
    `,
  );
}

/** It is shown while a fault is planted. */
const TAKE_AWAY = html`
  <form id="take-away" method="post" action="/fault">
    <button name="fault" value="" class="first">Remove the fault</button>
    <span>The new map is cleared, and a new rollout begins.</span>
  </form>
`;

function faultForm(planted: Planted | undefined): Html {
  const row = (name: FaultName) =>
    html`
      <li>
        <button name="fault" value="${name}" aria-pressed="${String(planted?.fault === name)}">${name}</button>
        <span>${FAULTS[name].description}</span>
      </li>
    `;
  return html`
    <form method="post" action="/fault">
      <ul>${SESSION_FAULTS.map(row)}</ul>
    </form>
  `;
}

function now(move: SessionMove, load: Answers): Html {
  const report = move.sessions.report();
  return html`
    ${move.planted === undefined ? html`<p class="state">No fault is planted.</p>` : harm(move.planted, report)}
    <dl>${clientFigures(report, load)}</dl>
  `;
}

function harm({ fault, before, firstDiff }: Planted, report: TwinReport): Html {
  const diffs = report.diffs - before.diffs;
  const compared = report.compared - before.compared;
  const kinds = (Object.keys(report.byKind) as DiffKind[])
    .map((kind) => ({ kind, found: report.byKind[kind] - before.byKind[kind] }))
    .filter(({ found }) => found > 0).map(({ kind, found }) => `${count(found)} ${kind}`);
  const found = diffs === 0
    ? `${counted(compared, "comparison")} found no diff`
    : `${percent(diffs / compared)} of ${counted(compared, "comparison")} found a diff: ${kinds.join(", ")}`;
  return html`
    <div class="state bad">
      <p><strong>${fault}</strong> is planted: ${FAULTS[fault].description}.</p>
      <p>Since then ${found}.</p>
      ${firstDiff === undefined ? "" : html`<p>The first: ${firstDiff}.</p>`}
    </div>
  `;
}
