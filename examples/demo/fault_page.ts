import type { DiffKind, TwinReport } from "@twinmap/twinmap";
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { html, raw } from "hono/html";
import { secureHeaders } from "hono/secure-headers";
import { createHash } from "node:crypto";
import { SCRIPT } from "./fault_page_script.ts";
import { STYLE } from "./fault_page_style.ts";
import { type FaultName, FAULTS } from "../../testing/faults.ts";
import type { Load } from "./load.ts";
import { count, counted, percent } from "./numbers.ts";
import { type Planted, SESSION_FAULTS, type SessionMove } from "./session_move.ts";

type Html = ReturnType<typeof html>;
/** How many requests of the clients were answered correctly and wrongly. */
type Answers = Pick<Load, "right" | "wrong">;

const ABOUT =
  "This service keeps its sessions in a Map. A twin writes them to a ShardedMap as well, and compares the two. " +
  "The demo makes the clients itself; a few of them make most of the requests.";
const AT_LIVE =
  "Up to the stage shadow the old map answers, so a fault in the new one reaches no client. Move to live at " +
  "the report, with the token that the terminal shows: from then on a fault gives wrong answers to clients.";

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

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

// What the page of the report allows, written out: an example uses only what the package exports.
const protect = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [hashOf(STYLE)],
    scriptSrc: [hashOf(SCRIPT)],
    imgSrc: ["data:"],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: "DENY",
  strictTransportSecurity: false,
});

function page(move: SessionMove, load: Answers, reportPath: string): Html {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <title>Sessions – a demo of TwinMap</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <main>
          <h1>Sessions move to another map</h1>
          <p class="lead">${ABOUT}</p>
          <p><a href="${reportPath}" target="_blank">Open the report of the twin</a></p>
          <section aria-labelledby="now-h">
            <h2 id="now-h">Now</h2>
            <div id="now">${now(move, load)}</div>
            ${takeAwayForm(move.planted)}
          </section>
          <section aria-labelledby="plant-h">
            <h2 id="plant-h">Plant a fault in the new map</h2>
            ${faultForm(move.planted)}
          </section>
          <section aria-labelledby="live-h">
            <h2 id="live-h">Then let the new map answer</h2>
            <p>${AT_LIVE}</p>
          </section>
        </main>
        <script>${raw(SCRIPT)}</script>
      </body>
    </html>
  `;
}

/** The script shows it while a fault is planted. */
function takeAwayForm(planted: Planted | undefined): Html {
  return html`
    <form id="take-away" method="post" action="/fault" ${planted === undefined ? "hidden" : ""}>
      <button name="fault" value="" class="first">Remove the fault</button>
      <span>The new map is cleared, and the move starts again.</span>
    </form>
  `;
}

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
  // The last second is still running.
  const { reads = 0, writes = 0 } = report.windows.seconds.at(-2) ?? {};
  return html`
    ${move.planted === undefined ? html`<p class="state">No fault is planted.</p>` : harm(move.planted, report)}
    <dl>
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
    </dl>
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

function whoAnswers({ stage, percent }: TwinReport): string {
  if (stage === "live") return `new answers for ${percent} % of keys`;
  return stage === "rampdown" || stage === "complete" ? "new answers" : "old answers";
}
