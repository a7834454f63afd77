/**
 * The report of one or more twins, as a page for people, as JSON, as Prometheus metrics and as live events.
 *
 * @module
 */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { checkOptions, OBJECT, type Rules } from "../../src/options.ts";
import { addControl, checkControl, type ControlOptions, noticeOf } from "./control.ts";
import { Refusal } from "./actions.ts";
import { readDiffFilter } from "./diff_filter.ts";
import { answerDiffs } from "./diffs.ts";
import type { Notice } from "./sections/control_form.ts";
import { LiveEvents } from "./events.ts";
import { METRICS_TYPE, renderMetrics } from "./metrics.ts";
import { asOf, renderPage, renderParts } from "./page.ts";
import { findTwin, gatherTwins, type ReportedTwin } from "./reported_twin.ts";
import { SCRIPT } from "./script.ts";
import { sha256 } from "./sha256.ts";
import { STYLE } from "./style.ts";

export type { ControlOptions, ReportedTwin };

/** Options for {@link reportApp}. */
export interface ReportAppOptions {
  /**
   * Allows twins to be moved through the report. Without it, no route changes anything.
   * @default {undefined}
   */
  readonly control?: ControlOptions;
}

const RULES: Rules<ReportAppOptions> = { control: OBJECT };

/** A web application, as `Deno.serve`, `Bun.serve` and `Hono.mount` take it. */
export interface ReportApp {
  /** Answers a request. It needs no `this`. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/**
 * Makes a web application that shows the report of one or more twins. Mount it under any path, or serve it alone.
 *
 * | route | answer |
 * | --- | --- |
 * | `GET /` | a page that keeps itself current |
 * | `GET /report` | the `TwinReport` as JSON; with several twins, an array of them, or the one that `?twin=` names |
 * | `GET /diffs` | the last diffs as JSON, or with `?format=csv` as CSV: those that match `twin`, `kind`, `operation`, `key` (a part of it as shown), `from` and `to` (ISO 8601) |
 * | `GET /metrics` | metrics in Prometheus' text format 0.0.4 |
 * | `GET /events` | server-sent events: the parts of the page that changed, as HTML; for at most 100 listeners that read |
 * | `POST /stage` | with `control`: moves to `stage`, at `live` with `percent`; with `force`, a reason, past the gate |
 * | `POST /back`, `POST /reset` | with `control` and `why`, a reason: moves back to where the old map answers, or begins a new episode |
 * | `POST /sweep`, `POST /backfill` | with `control`: starts one; the backfill copies `from` the side `old` or `new` |
 * | `POST /pause`, `POST /resume` | with `control`: pauses or resumes the sweep and the backfill |
 *
 * The body of a `POST` is a JSON object or a URL-encoded form. With several twins, the field `twin` names one. The token
 * goes into the header `Authorization: Bearer …` or the field `token`: one that is right is enough. The answer is 200 or 202 with the report; 400 if the
 * request makes no sense, 401 without the right token, 404 for an unknown twin, 409 with a list of what is missing if the
 * stage does not allow it, 413 for more than 8 KiB. The page's own forms post to `/?do=…` and get a page.
 *
 * Everybody who can reach the application can read the report; each twin's `reveal` decides whether it shows keys and
 * values. The token is sent unencrypted, so serve it over HTTPS.
 *
 * @param twins One twin or several, with different names.
 * @param options See {@link ReportAppOptions}.
 * @throws {TypeError} If `twins` holds anything but twins, an option is unknown or of the wrong type, or the token is not a
 * string.
 * @throws {RangeError} If there is no twin, two twins share a name, or the token is shorter than 16 characters or not visible
 * ASCII.
 *
 * @example
 * ```ts
 * import { twin } from "@twinmap/twinmap";
 * import { reportApp } from "@twinmap/twinmap/report";
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 *
 * const users = twin(new Map<string, string>(), new Map<string, string>(), { name: "users" });
 * const app = new Hono().mount("/twins", reportApp(users).fetch);
 *
 * const response = await app.request("/twins/report");
 * assertEquals((await response.json()).name, "users");
 * ```
 */
export function reportApp(twins: ReportedTwin | Iterable<ReportedTwin>, options: ReportAppOptions = {}): ReportApp {
  const reported = gatherTwins(twins);
  const { control } = checkOptions("create a report", options, RULES, {});
  const token = control === undefined ? undefined : checkControl(control).token;
  const reports = () => [...reported.values()].map((twin) => twin.report());
  const hasControl = token !== undefined;
  const events = new LiveEvents(async () => {
    const current = reports();
    const parts = await renderParts(current, hasControl);
    // The time comes last: a page that gets it is up to date.
    return [...parts.map((data) => ({ event: "part", data })), { event: "time", data: asOf(current) }];
  });

  const page = (notice?: Notice) => renderPage(reports(), { hasControl, notice });
  const showPage = async (c: Context) => {
    const twin = c.req.query("twin");
    try {
      const filter = readDiffFilter(c.req.query());
      const find = filter && { twin, filter };
      const notice = noticeOf(c.req.query("done"), reported, twin);
      return c.html(await renderPage(reports(), { hasControl, notice, find }));
    } catch (error) {
      if (error instanceof Refusal) return c.text(error.message, error.status);
      throw error;
    }
  };
  const showReport = (c: Context) => {
    const name = c.req.query("twin");
    if (name === undefined && reported.size > 1) return c.json(reports());
    const twin = findTwin(reported, name);
    return twin === undefined
      ? c.json({ error: `Cannot report: there is no twin ${JSON.stringify(name)}` }, 404)
      : c.json(twin.report());
  };
  const showDiffs = (c: Context) => answerDiffs(c, reported);
  const showMetrics = (c: Context) => c.body(renderMetrics(reports()), 200, { "Content-Type": METRICS_TYPE });
  const showEvents = (c: Context) => events.respond(c);

  // Digests come as promises, so the first request makes the policy.
  let protection: Promise<MiddlewareHandler> | undefined;
  const protect: MiddlewareHandler = async (c, next) => (await (protection ??= makeProtection()))(c, next);

  const app = new Hono();
  app.use(protect, noStore);
  app.get("/report", showReport);
  app.get("/diffs", showDiffs);
  app.get("/metrics", showMetrics);
  app.get("/events", showEvents);
  // The page does not know the path it is mounted under, so its links have only a query.
  app.get("/", (c) => {
    const show = c.req.query("show");
    if (show === undefined) return showPage(c);
    if (show === "report") return showReport(c);
    if (show === "diffs") return showDiffs(c);
    if (show === "metrics") return showMetrics(c);
    return show === "events" ? showEvents(c) : c.notFound();
  });
  if (token !== undefined) addControl(app, reported, token, page);
  return { fetch: (request) => app.fetch(request) };
}

/** Allows a page no script and no style sheet but our own. */
async function makeProtection(): Promise<MiddlewareHandler> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [await sourceOf(STYLE)],
      scriptSrc: [await sourceOf(SCRIPT)],
      imgSrc: ["data:"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
    xFrameOptions: "DENY",
    // A page under one path must not decide that the whole host is reached over HTTPS only.
    strictTransportSecurity: false,
  });
}

async function sourceOf(text: string): Promise<string> {
  return `'sha256-${btoa(String.fromCharCode(...await sha256(text)))}'`;
}

async function noStore(c: Context, next: () => Promise<void>): Promise<void> {
  await next();
  c.header("Cache-Control", "no-store");
}
