/**
 * The step before `shared_cache.ts`: the same service on one thread, whose sessions are in a `Map`. A twin moves them
 * to a `SharedMap` while it serves, and reports: `npm run shared-move` or `deno task shared-move`, with `--port` if
 * 8789 is taken.
 *
 * A `Map` returns the very object that was set; a `SharedMap` returns a copy, made from JSON. The twin compares values
 * by their content, so a copy is not a diff. These are diffs, since the move would lose them:
 *
 * - a change to an object in place after it was set, which the `SharedMap` cannot see. `POST /careless-visits` makes
 *   one. Write such a change with `set` or `update`, and declare values `readonly`;
 * - what JSON cannot represent: a `Date`, a class, a property that is `undefined`. Give the map a codec of your own, or
 *   the twin an `equals` if the difference does not matter to you.
 *
 * `compareAndSet` and `compareAndDelete` compare by identity in a `Map` and by content in a `SharedMap`. The
 * authoritative side decides, and the twin mirrors its decision, so from `live` on an object of the same content is
 * enough.
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
  // These sessions are made up. Do not reveal real ones: their keys are the content of cookies.
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

The report shows the diff within a second. The next visit that is counted properly repairs it. After a clean sweep, let the
SharedMap answer for a tenth of the sessions: at the report, with the token, or by

  curl -H "Authorization: Bearer ${token}" -X POST ${address}/twins/sweep
  curl -H "Authorization: Bearer ${token}" -d stage=live -d percent=10 ${address}/twins/stage

Ctrl-C ends the service.`);
  },
);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
