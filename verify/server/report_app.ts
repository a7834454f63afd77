/**
 * The report of one or more twins, as a page for people, as JSON, as Prometheus metrics and as live events.
 *
 * @module
 */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { addControl, checkToken, type ControlOptions, noticeOf } from "./control.ts";
import type { Notice } from "./sections/control_form.ts";
import { LiveEvents } from "./events.ts";
import { METRICS_TYPE, renderMetrics } from "./metrics.ts";
import { asOf, renderPage, renderParts } from "./page.ts";
import { findTwin, gatherTwins, type ReportedTwin } from "./reported_twin.ts";
import { SCRIPT } from "./script.ts";
import { sha256 } from "./sha256.ts";
import { STYLE } from "./style.ts";

export type { ControlOptions, ReportedTwin };

/** What a report can be told. */
export interface ReportAppOptions {
  /**
   * Lets twins be moved through the report. Without it, no route changes anything.
   * @default {undefined}
   */
  readonly control?: ControlOptions;
}

/** A web application: what `Deno.serve`, `Bun.serve` and `Hono.mount` take. */
export interface ReportApp {
  /** Answers a request. It needs no `this`. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/**
 * Makes the report of one or more twins. It can be mounted under any path, or be served alone.
 *
 * | route | answer |
 * | --- | --- |
 * | `GET /` | a page for people, that keeps itself current |
 * | `GET /report` | the `TwinReport` as JSON; of several twins an array, or the one that `?twin=` names |
 * | `GET /metrics` | metrics in Prometheus' text format 0.0.4 |
 * | `GET /events` | server-sent events: the parts of the page that changed, as HTML; at most 100 listeners |
 * | `POST /stage` | with `control`: moves to `stage`, with `percent` |
 * | `POST /sweep`, `POST /backfill` | with `control`: begins one |
 * | `POST /pause`, `POST /resume` | with `control`: pauses the sweep and backfill, lets them go on |
 *
 * What is posted is a JSON object or an URL-encoded form; `twin` says which twin is meant if there are several. The token
 * goes into the header `Authorization: Bearer …` or the field `token`. The answers: 200 or 202 and the report; 400 for
 * what cannot be understood, 401 without the right token, 404 for an unknown twin, 409 and what is missing where the
 * stage does not allow it, 413 for more than 8 KiB. The page's own forms post to `/?do=…` and are answered with a page.
 *
 * Everybody who reaches the application can read the report: what it shows of keys and values is up to each twin's
 * `reveal`. The token travels as it is, so serve it over HTTPS.
 *
 * @param twins One twin or several, with different names.
 * @param options See {@link ReportAppOptions}.
 * @throws {TypeError} If what is given is no twin, or the token no string.
 * @throws {RangeError} If there is no twin, two have the same name, or the token is empty or not visible ASCII.
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
  const token = options.control === undefined ? undefined : checkToken(options.control?.token);
  const reports = () => [...reported.values()].map((twin) => twin.report());
  const hasControl = token !== undefined;
  const events = new LiveEvents(async () => {
    const current = reports();
    const parts = await renderParts(current);
    // The time ends a round: whoever hears it is up to date.
    return [...parts.map((data) => ({ event: "part", data })), { event: "time", data: asOf(current) }];
  });

  const page = (notice?: Notice) => renderPage(reports(), { hasControl, notice });
  const showPage = async (c: Context) => c.html(await page(noticeOf(c.req.query("done"), c.req.query("twin"))));
  const showReport = (c: Context) => {
    const name = c.req.query("twin");
    if (name === undefined && reported.size > 1) return c.json(reports());
    const twin = findTwin(reported, name);
    return twin === undefined
      ? c.json({ error: `Cannot report: there is no twin ${JSON.stringify(name)}` }, 404)
      : c.json(twin.report());
  };
  const showMetrics = (c: Context) => c.body(renderMetrics(reports()), 200, { "Content-Type": METRICS_TYPE });
  const showEvents = (c: Context) => events.respond(c);

  // Digests come as promises, so the policy is made for the first request.
  let protection: Promise<MiddlewareHandler> | undefined;
  const protect: MiddlewareHandler = async (c, next) => (await (protection ??= makeProtection()))(c, next);

  const app = new Hono();
  app.use(protect, noStore);
  app.get("/report", showReport);
  app.get("/metrics", showMetrics);
  app.get("/events", showEvents);
  // The page can't know under which path it is mounted, so its links have only a query.
  app.get("/", (c) => {
    const show = c.req.query("show");
    if (show === undefined) return showPage(c);
    if (show === "report") return showReport(c);
    if (show === "metrics") return showMetrics(c);
    return show === "events" ? showEvents(c) : c.notFound();
  });
  if (token !== undefined) addControl(app, reported, token, page);
  return { fetch: (request) => app.fetch(request) };
}

/** Lets a page run and look like nothing but our own script and style sheet. */
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
    // Whether the whole host is reached by HTTPS only is not for a page under one of its paths to say.
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
