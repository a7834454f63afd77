import { serve as serveNode } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { ReportApp } from "@twinmap/twinmap/report";

/** A server on a free port of this machine. */
export interface RunningServer {
  readonly url: string;
  /** Ends it, and every connection. */
  close(): Promise<void>;
}

/** As much of Bun as is needed here. */
interface Bun {
  serve(options: { port: number; hostname: string; fetch: ReportApp["fetch"] }): {
    readonly url: URL;
    stop(closeConnections: boolean): Promise<void>;
  };
}

const hostname = "127.0.0.1";

/** Serves with what each runtime brings along. */
export async function serveNatively(fetch: ReportApp["fetch"]): Promise<RunningServer> {
  if ("Deno" in globalThis) {
    const closing = new AbortController();
    const server = Deno.serve({ port: 0, hostname, signal: closing.signal, onListen: () => {} }, fetch);
    const close = async () => {
      closing.abort();
      await server.finished;
    };
    return { url: `http://${hostname}:${server.addr.port}`, close };
  }
  const bun: Bun | undefined = Reflect.get(globalThis, "Bun");
  if (bun === undefined) return await serveOnNodeServer(fetch);
  const server = bun.serve({ port: 0, hostname, fetch });
  return { url: server.url.origin, close: () => server.stop(true) };
}

/** Serves with the adapter for Node, which the command uses on every runtime. */
async function serveOnNodeServer(fetch: ReportApp["fetch"]): Promise<RunningServer> {
  // Left as they are, or Bun's own server would not know the answers for its own any more.
  const server = serveNode({ fetch, port: 0, hostname, overrideGlobalObjects: false });
  const { port } = await new Promise<AddressInfo>((resolve) =>
    server.once("listening", () => resolve(server.address() as AddressInfo))
  );
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { url: `http://${hostname}:${port}`, close };
}

type Serve = (fetch: ReportApp["fetch"]) => Promise<RunningServer>;

/** What a report is served with, by name. */
export const SERVERS: readonly (readonly [name: string, serve: Serve])[] = [
  ["the runtime's own server", serveNatively],
  ["@hono/node-server", serveOnNodeServer],
];
