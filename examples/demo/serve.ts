import { serve as listen } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { ArgumentError } from "./command_line.ts";

/** A service that takes requests. */
export interface Served {
  /** The URL, without a slash at its end. */
  readonly address: string;
  /** Stops the service, and closes every open connection. */
  readonly close: () => void;
}

/**
 * Serves this machine only, on Deno, Bun and Node.
 *
 * @param port The port, or 0 for any free one.
 * @throws {ArgumentError} If the port cannot be opened.
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
      const reason = error.code === "EADDRINUSE" ? "it is in use" : error.message;
      reject(new ArgumentError(`Cannot serve on port ${port}: ${reason}; --port 0 takes any free one`));
    });
  });
}
