/**
 * A small service whose sessions move from a `Map` to a `ShardedMap` by a rollout while its clients use it, and the
 * report of the twin: `npm run demo` or `deno task demo`; with `--help` it says what else it can do.
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
  say(
    `A service keeps its sessions in a Map. A rollout moves them to a ShardedMap while clients use it, in about two minutes.

  The service   ${address}/
  The report    ${address}/twins
  Its token     ${token}
`,
  );
  await load.begin();
  say(suggestions(address, token));
  const { clients, requestsPerSecond } = LOAD;
  say(
    `off         ${count(clients)} clients have logged in; they make ${count(requestsPerSecond)} requests a second.`,
  );
  const ended = load.run(interrupted);
  move.begin(fault);
  await ended;
  close();
  move.close();
  end(load);
}

/** What to try while the rollout runs. */
function suggestions(address: string, token: string): string {
  return `What to try:
  1. Watch the plan on the report: what the next step waits for, and why. The terminal says the same.
  2. Plant a fault on the service's page, or start with --fault. At shadow the rollout goes on no further; at live it goes back
     within seconds to where the old map answers.
  3. Remove the fault there: the new map is cleared, and a new rollout begins.
  4. Pause the rollout on the report, or force its next step, with the token; or do so by
     curl -H "Authorization: Bearer ${token}" -d why=lunch -d by=ann ${address}/twins/rollout/pause
Ctrl-C ends the demo.
`;
}
