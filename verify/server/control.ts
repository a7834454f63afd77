import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createHash, timingSafeEqual } from "node:crypto";
import { type Stage, StageError } from "../stage.ts";
import { findTwin, type ReportedTwin } from "./reported_twin.ts";

/** Makes it possible to move twins through a report. */
export interface ControlOptions {
  /**
   * The secret that a client must show, as a bearer token or in the page's form: 16 characters or more, all of them
   * visible ASCII characters.
   */
  readonly token: string;
}

/** Shows the page, with what could not be done. */
type ShowProblem = (twin: string, text: string) => Promise<string>;
type Fields = Readonly<Record<string, unknown>>;
type Act = (twin: ReportedTwin, fields: Fields) => void | Promise<void>;

const MAX_BODY_BYTES = 8_192;

/** Input that can't be understood; twins throw a `RangeError` for what they can't take. */
class InputError extends Error {}

const ACTIONS: Readonly<Record<string, Act>> = {
  stage: (twin, { stage, percent }) => {
    if (typeof stage !== "string") throw new InputError("Cannot move to a stage: stage must be a string");
    if (percent !== undefined && typeof percent !== "number") {
      throw new InputError(`Cannot move to ${stage}: percent must be a number: received ${typeof percent}`);
    }
    twin.stage(stage as Stage, percent === undefined ? {} : { percent });
  },
  sweep: (twin) => begun(twin.sweep()),
  backfill: (twin) => begun(twin.backfill()),
};

/**
 * @throws {TypeError} If the token is not a string.
 * @throws {RangeError} If it is too short, or could not be sent in a header.
 */
export function checkToken(token: unknown): string {
  if (typeof token !== "string") {
    throw new TypeError(`Cannot create a report: control.token must be a string: received ${typeof token}`);
  }
  if (!/^[\x21-\x7e]{16,}$/.test(token)) {
    throw new RangeError(
      "Cannot create a report: control.token must have at least 16 characters, all visible ASCII: " +
        `received ${token.length} characters`,
    );
  }
  return token;
}

/** Adds `POST /stage`, `/sweep` and `/backfill`, and the same as `POST /?do=…` for the page's forms. */
export function addControl(app: Hono, twins: readonly ReportedTwin[], token: string, showProblem: ShowProblem): void {
  const expected = digest(token);
  const isAllowed = (c: Context, fields: Fields) => {
    const [, bearer] = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    const shown = bearer ?? fields.token;
    return typeof shown === "string" && timingSafeEqual(digest(shown), expected);
  };

  const handle = async (c: Context, action: string, act: Act): Promise<Response> => {
    let name = c.req.query("twin");
    const refuse = async (status: 400 | 401 | 404 | 409, error: string, missing?: readonly string[]) => {
      if (status === 401) c.header("WWW-Authenticate", `Bearer realm="twins"`);
      if (isFromPage(c)) return c.html(await showProblem(name ?? "", error), status);
      return c.json({ error, ...(missing && { missing }) }, status);
    };
    try {
      const fields = await readFields(c);
      if (!isAllowed(c, fields)) return refuse(401, `Cannot ${action}: the token is missing or wrong`);
      if (typeof fields.twin === "string") name = fields.twin;
      const twin = findTwin(twins, name);
      if (twin === undefined && name === undefined) {
        return refuse(400, `Cannot ${action}: twin must name one of the ${twins.length} twins`);
      }
      if (twin === undefined) return refuse(404, `Cannot ${action}: there is no twin ${name}`);
      await act(twin, fields);
      if (isFromPage(c)) return c.body(null, 303, { Location: "?" });
      return c.json(twin.report(), action === "stage" ? 200 : 202);
    } catch (error) {
      if (error instanceof StageError) return refuse(409, error.message, error.missing);
      if (error instanceof RangeError || error instanceof InputError) return refuse(400, error.message);
      throw error;
    }
  };

  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: `The body must have at most ${MAX_BODY_BYTES} bytes` }, 413),
  });
  for (const [action, act] of Object.entries(ACTIONS)) app.post(`/${action}`, limit, (c) => handle(c, action, act));
  app.post("/", limit, (c) => {
    const action = c.req.query("do") ?? "";
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    return act === undefined ? c.notFound() : handle(c, action, act);
  });
}

/** Equal digests have equal lengths, which the comparison in constant time asks for. */
function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function isFromPage(c: Context): boolean {
  return c.req.header("Accept")?.includes("text/html") ?? false;
}

async function readFields(c: Context): Promise<Fields> {
  const isJson = c.req.header("Content-Type")?.startsWith("application/json") ?? false;
  try {
    if (isJson) return asFields(JSON.parse(await c.req.text() || "{}"));
    return fromForm(await c.req.parseBody());
  } catch {
    throw new InputError(`Cannot read the body: it must be ${isJson ? "a JSON object" : "a form"}`);
  }
}

function asFields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no object");
  return value as Fields;
}

/** A form sends all its fields, and all as text: the percentage is meant only where there is one. */
function fromForm({ percent, ...fields }: Fields): Fields {
  if (percent === undefined || fields.stage !== "live") return fields;
  return { ...fields, percent: percent === "" ? NaN : Number(percent) };
}

/**
 * Waits until a sweep or backfill was refused or is under way. What stops it later is in the report: its state is then
 * `aborted`.
 */
async function begun(work: Promise<unknown>): Promise<void> {
  work.catch(() => {});
  await Promise.race([work, new Promise((resolve) => setTimeout(resolve, 0))]);
}
