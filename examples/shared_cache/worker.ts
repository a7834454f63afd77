/** One of the workers: it attaches to the maps, serves on a port of its own, and reports the port. */
import { serve } from "@hono/node-server";
import { SharedMap, type SharedMapHandle } from "@twinmap/twinmap/shared";
import { Hono } from "hono";
import { parentPort, workerData } from "node:worker_threads";
import { type Session, sessionService } from "./session_service.ts";

/** What a worker starts with. */
export interface WorkerData {
  readonly number: number;
  readonly sessions: SharedMapHandle;
  readonly counters: SharedMapHandle;
}

const { number, ...handles } = workerData as WorkerData;
const sessions = SharedMap.attach<string, Session>(handles.sessions);
const counters = SharedMap.attach<string, number>(handles.counters);

const app = new Hono()
  .use(async (c, next) => {
    const request = counters.add("requests", 1);
    await next();
    c.header("x-request", String(request));
    c.header("x-worker", String(number));
  })
  .route("/", sessionService(sessions));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0, overrideGlobalObjects: false }, ({ port }) => {
  parentPort?.postMessage(port);
});
