import type { Awaitable } from "@twinmap/twinmap";
import { type Context, Hono } from "hono";

/** The id of a session: a random text for a member, a number for a guest. */
export type SessionId = string | number;

/** The session of a client that has logged in. */
export interface Member {
  readonly name: string;
  /** How far the member's time is ahead of UTC. */
  readonly utcOffsetMinutes: number;
  readonly visits: number;
}

/** The value of a session; `undefined` for a guest's. */
export type Session = Member | undefined;

/** What the service needs of a map, which may answer at once or with promises. */
export interface SessionMap {
  get(id: SessionId): Awaitable<Session>;
  has(id: SessionId): Awaitable<boolean>;
  set(id: SessionId, session: Session): unknown;
  delete(id: SessionId): Awaitable<boolean>;
  update(id: SessionId, fn: (current: Session) => Session): Awaitable<Session>;
}

/**
 * The service whose map is changed. It keeps sessions in any map, and does not know whether that is a twin.
 *
 * | route | answer |
 * | --- | --- |
 * | `POST /` with `{ name, timezoneOffset }` | 201 and the `id` of a member's new session |
 * | `POST /guests` | 201 and the `id` of a guest's new session |
 * | `GET /:id` | 200 and the session, or 404 |
 * | `POST /:id/visits` | 200 and the session with one more visit, or 404 |
 * | `DELETE /:id` | 204: logged out, or 404 |
 *
 * @param sessions Returns the map for a request.
 */
export function sessionService(sessions: () => SessionMap): Hono {
  let guests = 0;
  const app = new Hono();

  app.post("/", async (c) => {
    const member = memberOf(await c.req.json().catch(() => undefined));
    if (member === undefined) return c.json({ error: "A login must have a name and a timezoneOffset in minutes" }, 400);
    const id = crypto.randomUUID();
    await sessions().set(id, member);
    return c.json({ id }, 201);
  });

  app.post("/guests", async (c) => {
    const id = ++guests;
    await sessions().set(id, undefined);
    return c.json({ id }, 201);
  });

  app.get("/:id", async (c) => {
    const id = idOf(c);
    const session = await sessions().get(id);
    return session === undefined && !await sessions().has(id) ? c.notFound() : c.json(shown(session));
  });

  app.post("/:id/visits", async (c) => {
    const id = idOf(c);
    const session = await sessions().get(id);
    if (session === undefined) return await sessions().has(id) ? c.json(shown(session)) : c.notFound();
    // Requests for the same session may overlap, and no visit is lost.
    const visited = await sessions().update(id, (current) => current && { ...current, visits: current.visits + 1 });
    return visited === undefined ? c.notFound() : c.json(shown(visited));
  });

  app.delete("/:id", async (c) => await sessions().delete(idOf(c)) ? c.body(null, 204) : c.notFound());

  // The clients count failures. Printing them would flood the terminal if the map throws at every operation.
  app.onError((error, c) => c.json({ error: error.message }, 500));
  return app;
}

function idOf(c: Context): SessionId {
  const id = c.req.param("id") ?? "";
  return /^\d+$/.test(id) ? Number(id) : id;
}

function shown(session: Session): Member | { guest: true } {
  return session ?? { guest: true };
}

/** A browser's offset is from local time to UTC, so the negated offset of a browser at UTC is -0. */
function memberOf(login: unknown): Member | undefined {
  if (typeof login !== "object" || login === null) return undefined;
  const { name, timezoneOffset } = login as Record<string, unknown>;
  if (typeof name !== "string" || name === "" || typeof timezoneOffset !== "number") return undefined;
  return { name, utcOffsetMinutes: -timezoneOffset, visits: 0 };
}
