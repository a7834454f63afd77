/**
 * A service of several workers that share one map of sessions and one counter of requests: `npm run shared-cache`,
 * `deno task shared-cache`, `bun examples/shared_cache.ts` or `node examples/shared_cache.ts`, with `--port` if 8788 is
 * taken.
 *
 * @module
 */
import { SharedMap } from "@twinmap/twinmap/shared";
import process from "node:process";
import { parseArgs } from "node:util";
import { removeExpired, type Session } from "./shared_cache/session_service.ts";
import { Workers } from "./shared_cache/workers.ts";

const WORKERS = 4;

const { port } = parseArgs({ options: { port: { type: "string", default: "8788" } } }).values;

// Room for some hundred thousand sessions, which also bounds a client that logs in again and again.
const sessions = SharedMap.create<string, Session>({ maxBytes: 2 ** 26 });
const counters = SharedMap.create<string, number>({ maxBytes: 2 ** 16 });

const workers = new Workers({ sessions: sessions.handle, counters: counters.handle }, say);
const address = await workers.serve(WORKERS, Number(port));
say(`${WORKERS} workers share one map of sessions and one counter of requests, at ${address}

  curl -c jar -b jar --json '{"name":"ada"}' ${address}/login
  curl -c jar -b jar -i -X POST ${address}/visits

Each connection goes to the next worker, which sees what the others wrote: see x-worker and x-request.
Enter terminates a worker, in the middle of whatever it does. Ctrl-C ends them all.`);

setInterval(() => removeExpired(sessions), 60_000);
process.stdin.on("data", () => workers.terminateOne());
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    say(`Ended: ${counters.get("requests") ?? 0} requests, ${sessions.size} sessions.`);
    process.exit();
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
