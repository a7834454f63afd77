import { serve as listen } from "@hono/node-server";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { reportApp } from "../server/report_app.ts";
import type { ReportedTwin } from "../server/reported_twin.ts";
import { InputError } from "./input_error.ts";

/** A report that is being served. */
export interface ReportServer {
  readonly address: string;
  readonly close: () => void;
}

/**
 * Serves the report of `twin` to this machine.
 *
 * @param port The port, or 0 for any free one.
 * @throws {InputError} If the port can't be had.
 */
export function serveReport(twin: ReportedTwin, port: number): Promise<ReportServer> {
  const { fetch } = reportApp(twin);
  return new Promise((resolve, reject) => {
    const server = listen({ fetch, hostname: "127.0.0.1", port, overrideGlobalObjects: false }, (info: AddressInfo) => {
      resolve({ address: `http://127.0.0.1:${info.port}/`, close });
    }) as Server;
    function close(): void {
      server.close();
      // An open page listens to the report's events without end.
      server.closeAllConnections();
    }
    server.on("error", (error: Error) => {
      reject(new InputError(`Cannot serve the report at port ${port}: ${error.message}`, { cause: error }));
    });
  });
}
