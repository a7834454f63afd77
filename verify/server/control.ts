import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Stage } from "../stages/stage.ts";
import { StageError } from "../stages/stage_error.ts";
import type { Notice } from "./sections/control_form.ts";
import { findTwin, type NamedTwins, type ReportedTwin } from "./reported_twin.ts";
import { sha256 } from "./sha256.ts";

/** Options for moving twins through a report. */
export interface ControlOptions {
  /** The secret that a client must send: visible ASCII characters. Use at least 32 random ones. */
  readonly token: string;
}

type ShowPage = (notice: Notice) => Promise<string>;
type Fields = Readonly<Record<string, unknown>>;
type Act = (twin: ReportedTwin, fields: Fields) => void | Promise<void>;

const MAX_BODY_BYTES = 8_192;

/** Why a request is refused, and the status that says so. */
class Refusal extends Error {
  readonly status: 400 | 401 | 404 | 409;
  readonly missing: readonly string[] | undefined;

  constructor(status: 400 | 401 | 404 | 409, message: string, missing?: readonly string[]) {
    super(message);
    this.status = status;
    this.missing = missing;
  }

  get headers(): Record<string, string> {
    return this.status === 401 ? { "WWW-Authenticate": `Bearer realm="twins"` } : {};
  }
}

interface Action {
  /** Completes "Cannot …" in a refusal. */
  readonly name: string;
  readonly act: Act;
  /** What the page says afterwards. */
  readonly done: string;
  /** Whether the work goes on after the answer. */
  readonly isWork: boolean;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  stage: { name: "move to a stage", act: move, done: "The stage was moved.", isWork: false },
  sweep: { name: "sweep", act: (twin) => begun(twin.sweep()), done: "The sweep has begun.", isWork: true },
  backfill: { name: "backfill", act: (twin) => begun(twin.backfill()), done: "The backfill has begun.", isWork: true },
  pause: { name: "pause", act: (twin) => twin.pause(), done: "Sweep and backfill are paused.", isWork: false },
  resume: { name: "resume", act: (twin) => twin.resume(), done: "Sweep and backfill continue.", isWork: false },
};

function actionOf(name: string): Action | undefined {
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}

function move(twin: ReportedTwin, { stage, percent, force }: Fields): void {
  if (typeof stage !== "string") throw new Refusal(400, "Cannot move to a stage: stage must be a string");
  if (percent !== undefined && typeof percent !== "number") {
    throw new Refusal(400, `Cannot move to ${stage}: percent must be a number: received ${typeof percent}`);
  }
  if (force !== undefined && typeof force !== "string") {
    throw new Refusal(400, `Cannot move to ${stage}: force must be a string: received ${typeof force}`);
  }
  twin.stage(stage as Stage, {
    ...(percent === undefined ? {} : { percent }),
    ...(force === undefined ? {} : { force }),
  });
}

/**
 * The token, if it can be one.
 *
 * @throws {TypeError} If the token is not a string.
 * @throws {RangeError} If it is empty, or could not be sent in a header.
 */
export function checkToken(token: unknown): string {
  if (typeof token !== "string") {
    throw new TypeError(`Cannot create a report: control.token must be a string: received ${typeof token}`);
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new RangeError(
      "Cannot create a report: control.token must be one or more visible ASCII characters: " +
        `received ${token.length} characters`,
    );
  }
  return token;
}

/** What the page says after a redirect from `action`. */
export function noticeOf(action: string | undefined, twin: string | undefined): Notice | undefined {
  const text = actionOf(action ?? "")?.done;
  return text === undefined ? undefined : { twin, text, isProblem: false };
}

/**
 * Adds a `POST` route for each action, and `POST /?do=…` with the same effect for the page's forms.
 *
 * Another site can make a browser send a form, but not one with the token: no cookie holds it, so no browser sends it by
 * itself.
 */
export function addControl(app: Hono, twins: NamedTwins, token: string, showPage: ShowPage): void {
  /** Does what the request asks for, or throws a {@link Refusal}. */
  const obey = async (c: Context, { name, act }: Action): Promise<ReportedTwin> => {
    const fields = readFields(await c.req.text(), c.req.header("Content-Type") ?? "");
    const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if (!await isSecret(bearer ?? fields.token, token)) {
      throw new Refusal(401, `Cannot ${name}: the token is missing or wrong`);
    }
    const twinName = fields.twin ?? c.req.query("twin");
    if (typeof twinName !== "string" && (twinName !== undefined || twins.size > 1)) {
      throw new Refusal(400, `Cannot ${name}: twin must name one of the ${twins.size} twins`);
    }
    const twin = findTwin(twins, twinName);
    if (twin === undefined) throw new Refusal(404, `Cannot ${name}: there is no twin ${JSON.stringify(twinName)}`);
    try {
      await act(twin, fields);
    } catch (error) {
      if (error instanceof StageError) throw new Refusal(409, error.message, error.missing);
      if (error instanceof RangeError || error instanceof TypeError) throw new Refusal(400, error.message);
      throw error;
    }
    return twin;
  };

  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: `Cannot read the body: it must have at most ${MAX_BODY_BYTES} bytes` }, 413),
  });
  for (const [route, action] of Object.entries(ACTIONS)) {
    app.post(`/${route}`, limit, async (c) => {
      try {
        return c.json((await obey(c, action)).report(), action.isWork ? 202 : 200);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return c.json({ error: error.message, missing: error.missing }, error.status, error.headers);
      }
    });
  }
  app.post("/", limit, async (c) => {
    const route = c.req.query("do") ?? "";
    const action = actionOf(route);
    if (action === undefined) return c.notFound();
    try {
      const query = new URLSearchParams({ done: route, twin: (await obey(c, action)).report().name });
      return c.body(null, 303, { Location: `?${query}` });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const notice: Notice = { twin: c.req.query("twin"), text: error.message, isProblem: true };
      return c.html(await showPage(notice), error.status, error.headers);
    }
  });
}

/**
 * Whether a client sent the secret. All bytes of the two digests are compared, so the time that takes reveals neither the
 * length of the secret nor the place of the first wrong character.
 */
async function isSecret(shown: unknown, secret: string): Promise<boolean> {
  if (typeof shown !== "string") return false;
  const [a, b] = await Promise.all([sha256(shown), sha256(secret)]);
  return a.reduce((different, byte, at) => different | byte ^ (b[at] as number), 0) === 0;
}

function readFields(text: string, contentType: string): Fields {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return fromForm(Object.fromEntries(new URLSearchParams(text)));
  }
  try {
    const value: unknown = text === "" ? {} : JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  } catch {
    // Refused below.
  }
  throw new Refusal(400, "Cannot read the body: it must be a JSON object or a URL-encoded form");
}

/** A form sends all its fields, all as text. The percentage only matters at `live`. */
function fromForm({ percent, ...fields }: Record<string, string>): Fields {
  if (percent === undefined || fields.stage !== "live") return fields;
  return { ...fields, percent: percent.trim() === "" ? NaN : Number(percent) };
}

/**
 * Waits until a sweep or backfill is refused or under way. If anything else stops it, the report shows it as `aborted`.
 */
async function begun(work: Promise<unknown>): Promise<void> {
  const refused = work.catch((error) => {
    if (error instanceof StageError) throw error;
  });
  await Promise.race([refused, new Promise((resolve) => setTimeout(resolve, 0))]);
}
