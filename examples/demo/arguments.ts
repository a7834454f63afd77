import { parseArgs } from "node:util";
import { type FaultName, FAULTS } from "../../testing/faults.ts";
import { SESSION_FAULTS } from "./session_move.ts";

/** The arguments of the demo. */
export type Arguments = { readonly help: true } | {
  readonly help: false;
  /** The fault to plant as soon as the maps are compared. */
  readonly fault: FaultName | undefined;
  readonly port: number;
};

/** The arguments are wrong; the message says why. */
export class ArgumentError extends Error {}

const DEFAULT_PORT = 8787;
const WIDEST = Math.max(...SESSION_FAULTS.map((name) => name.length));

/** The answer to `--help`. */
export const HELP: string = `Usage: npm run demo -- [option]...   or: deno task demo [option]...

A small service with sessions in a Map, clients that use it, and a twin that moves the sessions to a
ShardedMap. Its page plants faults in the new map, and the twin's report shows what it finds.

  --fault NAME  plants a fault as soon as the two maps are compared
  --port PORT   where to serve, on this machine only (${DEFAULT_PORT}); 0 takes any free port
  --help

The faults:
${SESSION_FAULTS.map((name) => `  ${name.padEnd(WIDEST)}  ${FAULTS[name].description}`).join("\n")}
`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If an argument is unknown or out of range.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { fault, port, help } = parse(args);
  if (help) return { help };
  const name = SESSION_FAULTS.find((name) => name === fault);
  if (fault !== undefined && name === undefined) {
    throw new ArgumentError(`--fault must be one of ${SESSION_FAULTS.join(", ")}: received ${JSON.stringify(fault)}`);
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw new ArgumentError(`--port must be a port from 0 to 65535: received ${JSON.stringify(port)}`);
  }
  return { help: false, fault: name, port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function parse(args: readonly string[]) {
  try {
    const options = { fault: { type: "string" }, port: { type: "string" }, help: { type: "boolean" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Only the first sentence: the rest is advice about positional arguments.
    throw new ArgumentError((error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0]);
  }
}
