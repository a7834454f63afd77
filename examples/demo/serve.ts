import { serve as listen } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { ArgumentError } from "./arguments.ts";

/** A service that can be reached. */
export interface Served {
  /** Without a slash at its end. */
  readonly address: string;
  /** Ends it, and every connection that is open. */
  readonly close: () => void;
}

/**
 * Serves to this machine, on Deno, Bun and Node.
 *
 * @param port The port, or 0 for any free one.
 * @throws {ArgumentError} If the port can't be had.
 */
export function serve(fetch: (request: Request) => Response | Promise<Response>, port: number): Promise<Served> {
  return new Promise((resolve, reject) => {
    const server = listen(
      { fetch, hostname: "127.0.0.1", port, overrideGlobalObjects: false },
      (address: AddressInfo) => {
        const close = () => {
          server.close();
          if ("closeAllConnections" in server) server.closeAllConnections();
        };
        resolve({ address: `http://127.0.0.1:${address.port}`, close });
      },
    );
    server.on("error", (error: Error & { code?: string }) => {
      const reason = error.code === "EADDRINUSE" ? "something else is served there" : error.message;
      reject(new ArgumentError(`--port ${port} can't be had: ${reason}; --port 0 takes any free one`));
    });
  });
}
