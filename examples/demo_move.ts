/**
 * A small service whose sessions move from a `Map` to a store while its clients use it, and a page that harms the store:
 * `npm run demo:move` or `deno task demo:move`; with `--help` it says what else it can do.
 *
 * @module
 */
import { reportApp } from "@twinmap/twinmap/report";
import { Hono } from "hono";
import process from "node:process";
import type { Answers } from "./demo/client_figures.ts";
import { end, exitCodeOf, say, untilInterrupted } from "./demo/demo_process.ts";
import { Load } from "./demo/load.ts";
import { count } from "./demo/numbers.ts";
import { serve } from "./demo/serve.ts";
import { sessionService } from "./demo/session_service.ts";
import { HELP, readArguments } from "./demo_move/arguments.ts";
import type { NewStore } from "./demo_move/new_store.ts";
import { RedisStore } from "./demo_move/redis_store.ts";
import { SqliteStore } from "./demo_move/sqlite_store.ts";
import { StoreMove } from "./demo_move/store_move.ts";
import { storePage } from "./demo_move/store_page.ts";

const LOAD = { clients: 1_000, requestsPerSecond: 400, seed: 1 };

process.exitCode = await exitCodeOf("demo:move", async () => {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) return say(HELP);
  const interrupted = untilInterrupted();
  const store = asked.to === "redis" ? await RedisStore.start() : await SqliteStore.open();
  end(await run(store, asked.port, interrupted).finally(() => store.close()));
});

/** Runs the service until it is interrupted. Returns what its clients were answered. */
async function run(store: NewStore, port: number, interrupted: AbortSignal): Promise<Answers> {
  const move = new StoreMove(store, say);
  const token = crypto.randomUUID();
  const app = new Hono()
    .route("/sessions", sessionService(() => move.called))
    .mount("/twins", reportApp(move.sessions, { control: { token } }).fetch);
  const load = new Load(app, LOAD);
  app.route("/", storePage({ move, load, reportPath: "/twins", token }));

  const { address, close } = await serve(app.fetch, port);
  say(`A service keeps its sessions in a Map; a twin moves them to ${store.name} while clients use it.

  The service   ${address}/?token=${token}
  The report    ${address}/twins
  Its token     ${token}
`);
  await load.begin();
  say(
    `off: ${count(LOAD.clients)} clients have logged in; they make ${count(LOAD.requestsPerSecond)} requests a second.`,
  );
  const ended = load.run(interrupted);
  move.begin().then(() =>
    interrupted.aborted || say("\nHarm the new store on the service's page. Ctrl-C ends the demo.\n")
  );
  await ended;
  close();
  move.close();
  return load;
}
