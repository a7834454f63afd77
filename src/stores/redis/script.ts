import type { Argument } from "./client.ts";
import type { Connection } from "./connection.ts";

/** A script that runs on the server in one step. The server keeps it, by its digest, until it restarts. */
export class Script {
  readonly #body: string;
  #digest: Promise<string> | undefined;

  /** `body` is Lua, of one key. */
  constructor(body: string) {
    this.#body = body;
  }

  /** Runs it, and hands it to the server if that does not have it. */
  async run(connection: Connection, key: Argument, ...args: Argument[]): Promise<unknown> {
    this.#digest ??= sha1(this.#body);
    try {
      return await connection.send(key, ["EVALSHA", await this.#digest, "1", key, ...args]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await connection.send(key, ["EVAL", this.#body, "1", key, ...args]);
    }
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
