import type { Argument } from "./client.ts";
import type { Connection, Send } from "./connection.ts";

/** A script that runs on the server in one step. The server keeps it, by its digest, until it restarts. */
export class Script {
  readonly #body: string;
  #digest: Promise<string> | undefined;

  /** `body` is Lua. */
  constructor(body: string) {
    this.#body = body;
  }

  /** Runs it on the server that has `key`. */
  run(connection: Connection, key: Argument, ...args: Argument[]): Promise<unknown> {
    return this.send((command) => connection.send(key, command), [key], ...args);
  }

  /** Runs it, and hands it to the server if that does not have it. */
  async send(send: Send, keys: readonly Argument[], ...args: Argument[]): Promise<unknown> {
    this.#digest ??= sha1(this.#body);
    const parameters = [String(keys.length), ...keys, ...args];
    try {
      return await send(["EVALSHA", await this.#digest, ...parameters]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await send(["EVAL", this.#body, ...parameters]);
    }
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
