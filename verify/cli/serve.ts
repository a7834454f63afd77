import { serve as listen } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { reportApp } from "../server/report_app.ts";
import type { ReportedTwin } from "../server/reported_twin.ts";
import { hostNameOf } from "./host_name.ts";
import { InputError } from "./input_error.ts";

/** The host names that always mean this machine. */
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** A report that is being served. */
export interface ReportServer {
  readonly address: string;
  readonly close: () => void;
}

/**
 * Serves the report of `twin` to this machine.
 *
 * Only requests whose `Host` header is a loopback name are answered. Otherwise any web page could read the report through
 * the user's browser, by pointing its own host name at 127.0.0.1 (DNS rebinding).
 *
 * @param port The port, or 0 for any free one.
 * @param allowedHosts Host names that are answered as well, in lower case and without a port.
 * @throws {InputError} If the server cannot listen at the port.
 */
export function serveReport(
  twin: ReportedTwin,
  port: number,
  allowedHosts: readonly string[] = [],
): Promise<ReportServer> {
  const app = reportApp(twin);
  const hosts = new Set<string | undefined>([...LOOPBACK_HOSTS, ...allowedHosts]);
  const fetch = (request: Request): Response | Promise<Response> => {
    if (hosts.has(hostNameOf(request.headers.get("host") ?? ""))) return app.fetch(request);
    return new Response("This host name is not allowed. To allow it, use --allow-host NAME.\n", { status: 403 });
  };
  return new Promise((resolve, reject) => {
    const server = listen({ fetch, hostname: "127.0.0.1", port, overrideGlobalObjects: false }, (info: AddressInfo) => {
      resolve({ address: `http://127.0.0.1:${info.port}/`, close });
    }) as Server;
    function close(): void {
      server.close();
      // An open page listens to the report's events and never hangs up.
      server.closeAllConnections();
    }
    server.on("error", (error: Error) => {
      reject(new InputError(`Cannot serve the report at port ${port}: ${error.message}`, { cause: error }));
    });
  });
}
