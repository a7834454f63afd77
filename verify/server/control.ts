import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { checkOption, checkOptions, type Rule } from "../../src/options.ts";
import { StageError } from "../stages/stage_error.ts";
import { type Action, ACTION_NAMES, actionOf, type Fields, Refusal } from "./actions.ts";
import type { Notice } from "./sections/control_form.ts";
import { findTwin, type NamedTwins, type ReportedTwin } from "./reported_twin.ts";
import { sha256 } from "./sha256.ts";

/** Options for moving twins through a report. */
export interface ControlOptions {
  /** The secret that a client must send: at least 16 visible ASCII characters. Use 32 random ones. */
  readonly token: string;
}

type ShowPage = (notice: Notice) => Promise<string>;
const MAX_BODY_BYTES = 8_192;

/** A shorter token could be found by trying. */
const MIN_TOKEN_LENGTH = 16;

const TOKEN: Rule = {
  must: `be a string of ${MIN_TOKEN_LENGTH} or more visible ASCII characters`,
  isOfType: (value) => typeof value === "string",
  isInRange: (token: string) => token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token),
  isSecret: true,
};

/**
 * Checks the options for moving twins through a report.
 *
 * @throws {TypeError} If one is unknown, or the token is not a string.
 * @throws {RangeError} If the token is too short, or could not be sent in a header.
 */
export function checkControl(options: ControlOptions): ControlOptions {
  const action = "create a report";
  const { token } = checkOptions<ControlOptions, object>(action, options, { token: TOKEN }, {}, "control");
  checkOption(action, "control.token", token, TOKEN);
  return { token };
}

/** What the page says after a redirect from `action`. */
export function noticeOf(
  action: string | undefined,
  twins: NamedTwins,
  twinName: string | undefined,
): Notice | undefined {
  const report = findTwin(twins, twinName)?.report();
  const text = report && actionOf(action ?? "")?.told(report);
  return text === undefined ? undefined : { twin: report?.name, text, isProblem: false };
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
    // The header may hold the token that a proxy in front of this asks for.
    if (!await isSecret(bearer, token) && !await isSecret(fields.token, token)) {
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
      if (error instanceof RangeError) throw new Refusal(400, error.message);
      throw error;
    }
    return twin;
  };

  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: `Cannot read the body: it must have at most ${MAX_BODY_BYTES} bytes` }, 413),
  });
  for (const route of ACTION_NAMES) {
    const action = actionOf(route) as Action;
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

/**
 * A form sends all its fields, all as text. The percentage only matters at `live`, the reason not to a move unless that goes
 * past the gate.
 */
function fromForm({ percent, past, why, ...fields }: Record<string, string>): Fields {
  return {
    ...fields,
    ...(why === undefined ? {} : { why }),
    ...(past === undefined ? {} : { force: why ?? "" }),
    ...(percent === undefined || fields.stage !== "live"
      ? {}
      : { percent: percent.trim() === "" ? NaN : Number(percent) }),
  };
}
