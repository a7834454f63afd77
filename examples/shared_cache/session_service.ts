import type { ConcurrentMap } from "@twinmap/twinmap";
import { CapacityError } from "@twinmap/twinmap/shared";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** The session of a client that has logged in. It is never changed in place: each change is a new object. */
export interface Session {
  readonly name: string;
  readonly visits: number;
  readonly expiresAtMs: number;
}

const COOKIE = "session";
const LIFETIME_S = 60 * 60;
const LONGEST_NAME = 100;
const withinLimit = bodyLimit({
  maxSize: 4_096,
  onError: (c) => c.json({ error: "A login must have at most 4096 bytes" }, 413),
});

/**
 * A service that keeps sessions by the id in a cookie. It takes any map, even one that others use, too.
 *
 * | route | answer |
 * | --- | --- |
 * | `POST /login` with `{ name }` | 201, a new session and its cookie |
 * | `GET /session` | 200 and the session |
 * | `POST /visits` | 200 and the session with one more visit |
 * | `POST /logout` | 204 |
 *
 * Without a session the last three answer 401. If the map is full, requests that need room answer 503 with a time to
 * try again; reads still succeed.
 */
export function sessionService(sessions: ConcurrentMap<string, Session>): Hono {
  const app = new Hono();

  app.post("/login", withinLimit, async (c) => {
    const name = nameIn(await c.req.json().catch(() => undefined));
    if (name === undefined) {
      return c.json({ error: `A login must have a name of 1 to ${LONGEST_NAME} characters` }, 400);
    }
    const id = crypto.randomUUID();
    const session = begun(name);
    sessions.set(id, session);
    sessions.delete(idOf(c));
    // Over HTTPS, make it `secure` as well.
    setCookie(c, COOKIE, id, { httpOnly: true, sameSite: "Lax", maxAge: LIFETIME_S });
    return c.json(session, 201);
  });

  app.get("/session", (c) => answer(c, current(sessions.get(idOf(c)))));

  // Two workers may do this at once, and no visit is lost: `update` tries again if the session has changed meanwhile.
  app.post("/visits", (c) =>
    answer(
      c,
      sessions.update(idOf(c), (session) => {
        const before = current(session);
        return before && { ...before, visits: before.visits + 1 };
      }),
    ));

  app.post("/logout", (c) => {
    const isKnown = sessions.delete(idOf(c));
    deleteCookie(c, COOKIE);
    return isKnown ? c.body(null, 204) : answer(c, undefined);
  });

  app.onError((error, c) => {
    if (!(error instanceof CapacityError)) throw error;
    return c.json({ error: "There is no room for more sessions now" }, 503, { "retry-after": "60" });
  });
  return app;
}

/** A new session. */
export function begun(name: string): Session {
  return { name, visits: 0, expiresAtMs: Date.now() + LIFETIME_S * 1_000 };
}

/** The id of the session of a request: empty, which is the id of no session, if it has none. */
export function idOf(c: Context): string {
  return getCookie(c, COOKIE) ?? "";
}

/** Makes room: removes what has expired. */
export function removeExpired(sessions: ConcurrentMap<string, Session>, nowMs: number = Date.now()): void {
  for (const [id, { expiresAtMs }] of sessions) if (expiresAtMs <= nowMs) sessions.delete(id);
}

function current(session: Session | undefined): Session | undefined {
  return session !== undefined && session.expiresAtMs > Date.now() ? session : undefined;
}

function answer(c: Context, session: Session | undefined): Response {
  return session === undefined ? c.json({ error: "Log in first" }, 401) : c.json(session);
}

function nameIn(login: unknown): string | undefined {
  const name = typeof login === "object" && login !== null && "name" in login ? login.name : undefined;
  return typeof name === "string" && name.length > 0 && name.length <= LONGEST_NAME ? name : undefined;
}
