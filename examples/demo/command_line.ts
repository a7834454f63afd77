import { parseArgs } from "node:util";

/** The demo cannot start; the message says why. */
export class ArgumentError extends Error {}

/** The options that every demo has. */
interface CommonOptions {
  readonly help: boolean;
  readonly port: number;
}

const DEFAULT_PORT = 8787;

/** The lines about `--port` and `--help`, which every demo has. */
export const COMMON_HELP: string =
  `  --port PORT   where to serve, on this machine only (${DEFAULT_PORT}); 0 takes any free port
  --help`;

/**
 * Reads a command line.
 *
 * @param name The option that only this demo has.
 * @returns The common options, and as `own` the text that was given for that option, if any.
 * @throws {ArgumentError} If an argument is unknown, or the port is out of range.
 */
export function readOptions(
  args: readonly string[],
  name: string,
): CommonOptions & { readonly own: string | undefined } {
  const { help, port, own } = parse(args, name);
  return { help, port: help || port === undefined ? DEFAULT_PORT : portOf(port), own };
}

function parse(args: readonly string[], name: string) {
  try {
    const text = { type: "string" } as const;
    const options = { port: text, help: { type: "boolean" } as const };
    const { help = false, port, ...others } =
      parseArgs({ args: [...args], options: { ...options, [name]: text } }).values;
    return { help, port, own: (others as Record<string, string>)[name] };
  } catch (error) {
    // Only the first sentence: the rest is advice about positional arguments.
    throw new ArgumentError((error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0]);
  }
}

function portOf(port: string): number {
  if (/^\d{1,5}$/.test(port) && Number(port) < 65_536) return Number(port);
  throw new ArgumentError(`--port must be a port from 0 to 65535: received ${JSON.stringify(port)}`);
}
