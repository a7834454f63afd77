/**
 * A small service whose sessions move from a `Map` to a `ShardedMap` while its clients use it, and the report of the
 * twin that carries the move: `npm run demo` or `deno task demo`; with `--help` it says what else it can do.
 *
 * @module
 */
import { reportApp } from "@twinmap/twinmap/report";
import { Hono } from "hono";
import process from "node:process";
import { HELP, readArguments } from "./demo/arguments.ts";
import { end, exitCodeOf, say, untilInterrupted } from "./demo/demo_process.ts";
import { faultPage } from "./demo/fault_page.ts";
import type { FaultName } from "../testing/faults.ts";
import { Load } from "./demo/load.ts";
import { count } from "./demo/numbers.ts";
import { serve } from "./demo/serve.ts";
import { SessionMove } from "./demo/session_move.ts";
import { sessionService } from "./demo/session_service.ts";

const LOAD = { clients: 5_000, requestsPerSecond: 4_000, seed: 1 };

process.exitCode = await exitCodeOf("demo", async () => {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) say(HELP);
  else await run(asked.port, asked.fault);
});

/** Runs the service until Ctrl-C. */
async function run(port: number, fault: FaultName | undefined): Promise<void> {
  const interrupted = untilInterrupted();
  const move = new SessionMove(say);
  const token = crypto.randomUUID();
  const app = new Hono()
    .route("/sessions", sessionService(() => move.sessions))
    .mount("/twins", reportApp(move.sessions, { control: { token } }).fetch);
  const load = new Load(app, LOAD);
  app.route("/", faultPage(move, load, "/twins"));

  const { address, close } = await serve(app.fetch, port);
  say(`A service keeps its sessions in a Map; a twin moves them to a ShardedMap while clients use it.

  The service   ${address}/
  The report    ${address}/twins
  Its token     ${token}
`);
  await load.begin();
  say(
    `off        ${count(LOAD.clients)} clients have logged in; they make ${
      count(LOAD.requestsPerSecond)
    } requests a second.`,
  );
  const ended = load.run(interrupted);
  move.begin().then(() => {
    if (interrupted.aborted) return;
    say(suggestions(address, token));
    if (fault !== undefined) move.plant(fault);
  });
  await ended;
  close();
  move.close();
  end(load);
}

/** What to try once the two maps are compared. */
function suggestions(address: string, token: string): string {
  return `
What to try:
  1. Plant a fault on the service's page: within seconds the report shows its kind, path and rate.
  2. Remove it there: the new map is cleared, and the move starts again.
  3. Let the new map answer for a tenth of the keys, as soon as the report says that the gate passes: there, with the token, or by
     curl -H "Authorization: Bearer ${token}" -d stage=live -d percent=10 ${address}/twins/stage
Ctrl-C ends the demo.
`;
}
