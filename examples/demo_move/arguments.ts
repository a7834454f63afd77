import { ArgumentError, COMMON_HELP, readOptions } from "../demo/command_line.ts";

/** The stores that the sessions can move to. */
export const STORES = ["sqlite", "redis"] as const;

/** The arguments of the demo. */
export type Arguments = { readonly help: true } | {
  readonly help: false;
  /** The store that the sessions move to. */
  readonly to: typeof STORES[number];
  readonly port: number;
};

/** The answer to `--help`. */
export const HELP: string = `Usage: npm run demo:move -- [option]...   or: deno task demo:move [option]...

A small service with sessions in a Map, clients that use it, and a twin that moves the sessions to a store.
Its page stops the store, slows it down, and loses the connection, and shows what becomes of the move.

  --to STORE    sqlite, a file, which needs nothing installed; or redis, a redis-server that the demo starts (sqlite)
${COMMON_HELP}
`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If an argument is unknown or out of range.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { help, port, own } = readOptions(args, "to");
  if (help) return { help };
  const to = STORES.find((store) => store === (own ?? "sqlite"));
  if (to === undefined) throw new ArgumentError(`--to must be sqlite or redis: received ${JSON.stringify(own)}`);
  return { help: false, to, port };
}
