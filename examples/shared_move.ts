/**
 * The step before `shared_cache.ts`: the same service on one thread, whose sessions are in a `Map`. A twin moves them to a
 * `SharedMap` while it serves, and reports: `npm run shared-move` or `deno task shared-move`, with `--port` if 8789 is taken.
 *
 * A `Map` hands out the very object that was put in; a `SharedMap` hands out a copy, made of JSON. The twin compares values
 * by their content, so that copies are no diffs, and these are, as they would be lost in the move:
 *
 * - an object that is changed in place after it was put in: the `SharedMap` does not learn of it. `POST /careless-visits` does
 *   so. Write such a change with `set` or `update`, and declare values `readonly`;
 * - what JSON does not carry: a `Date`, a class, a property that is `undefined`. Give the map a codec of your own, or the
 *   twin an `equals` if the difference is none to you.
 *
 * And `compareAndSet` and `compareAndDelete` go by identity in the one and by content in the other. The side that answers decides,
 * and the twin hands on what it decided: so from `live` on an object of the same content is enough.
 *
 * @module
 */
import { serve } from "@hono/node-server";
import { twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { SharedMap } from "@twinmap/twinmap/shared";
import { Hono } from "hono";
import process from "node:process";
import { parseArgs } from "node:util";
import { begun, idOf, removeExpired, type Session, sessionService } from "./shared_cache/session_service.ts";

const { port } = parseArgs({ options: { port: { type: "string", default: "8789" } } }).values;

const inUse = new Map<string, Session>();
for (let i = 0; i < 1_000; i++) inUse.set(crypto.randomUUID(), begun(`earlier visitor ${i}`));
const shared = SharedMap.create<string, Session>({ maxBytes: 2 ** 26 });
const sessions = twin(inUse, shared, {
  name: "sessions",
  // These sessions are nobody's. Real ones are better not revealed: their keys are what cookies hold.
  reveal: true,
  // A sweep of a thousand sessions is enough here. A service has more to lose, and more time.
  gate: { threshold: 1e-2, holdMs: 0 },
});

setInterval(() => removeExpired(sessions), 60_000);

const token = crypto.randomUUID();
const app = new Hono()
  .route("/", sessionService(sessions))
  .post("/careless-visits", (c) => {
    const session = sessions.get(idOf(c));
    if (session === undefined) return c.json({ error: "Log in first" }, 401);
    return c.json(Object.assign(session, { visits: session.visits + 1 }));
  })
  .mount("/twins", reportApp(sessions, { control: { token } }).fetch);

serve(
  { fetch: app.fetch, hostname: "127.0.0.1", port: Number(port), overrideGlobalObjects: false },
  async ({ port }) => {
    const address = `http://127.0.0.1:${port}`;
    say(`The service   ${address}
The report    ${address}/twins
Its token     ${token}
`);
    sessions.stage("dualwrite");
    await sessions.backfill();
    sessions.stage("shadow");
    await sessions.sweep();
    say(`The Map answers, the SharedMap is written and compared. Log in and visit, then change a session in place:

  curl -c jar -b jar --json '{"name":"ada"}' ${address}/login
  curl -c jar -b jar -X POST ${address}/visits
  curl -c jar -b jar -X POST ${address}/careless-visits
  curl -c jar -b jar ${address}/session

The report shows the diff within a second. The next visit that is counted properly mends it. The SharedMap answers for a
tenth of the sessions after a sweep that is clean: at the report, with the token, or by

  curl -H "Authorization: Bearer ${token}" -X POST ${address}/twins/sweep
  curl -H "Authorization: Bearer ${token}" -d stage=live -d percent=10 ${address}/twins/stage

Ctrl-C ends it.`);
  },
);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
