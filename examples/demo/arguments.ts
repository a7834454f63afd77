import { type FaultName, FAULTS } from "../../testing/faults.ts";
import { ArgumentError, COMMON_HELP, readOptions } from "./command_line.ts";
import { SESSION_FAULTS } from "./session_move.ts";

/** The arguments of the demo. */
export type Arguments = { readonly help: true } | {
  readonly help: false;
  /** The fault to plant when the new map comes to answer for 5 % of the keys. */
  readonly fault: FaultName | undefined;
  readonly port: number;
};

const WIDEST = Math.max(...SESSION_FAULTS.map((name) => name.length));

/** The answer to `--help`. */
export const HELP: string = `Usage: npm run demo -- [option]...   or: deno task demo [option]...

A small service with sessions in a Map, clients that use it, and a rollout that moves the sessions to a
ShardedMap in about two minutes. Its page plants faults in the new map, and the report shows what is found.

  --fault NAME  plants a fault when the new map answers for 5 % of the keys: the rollout goes back
${COMMON_HELP}

The faults:
${SESSION_FAULTS.map((name) => `  ${name.padEnd(WIDEST)}  ${FAULTS[name].description}`).join("\n")}
`;

/**
 * Reads the command line.
 *
 * @throws {ArgumentError} If an argument is unknown or out of range.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { help, port, own: fault } = readOptions(args, "fault");
  if (help) return { help };
  const name = SESSION_FAULTS.find((name) => name === fault);
  if (fault !== undefined && name === undefined) {
    throw new ArgumentError(`--fault must be one of ${SESSION_FAULTS.join(", ")}: received ${JSON.stringify(fault)}`);
  }
  return { help: false, fault: name, port };
}
