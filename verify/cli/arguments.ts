import { parseArgs } from "node:util";
import { type Stage, STAGE_NAMES } from "../stages/stage.ts";
import { InputError } from "./input_error.ts";
import { MAP_NAMES } from "./map_argument.ts";

/** What `twinmap replay` was asked to do. */
export interface ReplayArguments {
  readonly command: "replay";
  /** The file, or `-` for stdin. */
  readonly trace: string;
  readonly oldMap: string;
  readonly newMap: string;
  readonly stage: Stage;
  readonly sample: number;
  /** Whether a `get` that misses then sets the key, as a cache does. */
  readonly loadsMisses: boolean;
  readonly reveal: boolean;
  readonly json: boolean;
  /** Where to show the report meanwhile. */
  readonly port: number | undefined;
}

/** What the command line asks for. */
export type Arguments = ReplayArguments | { readonly command: "help" | "version" };

const SYNOPSIS = "twinmap replay TRACE --old MAP --new MAP [option]...";

/** The answer to `--help`. */
export const HELP: string = `Usage: ${SYNOPSIS}

Replays recorded operations through a twin of two maps, and reports whether the
two differ.

  TRACE            CSV, plain or packed with gzip, or - for stdin: a header that
                   names the columns op (get, has, set or delete), key and, if
                   you like, size (in bytes), in any order
  --old MAP        the map that is in use
  --new MAP        the map that is to take over
                   MAP is ${MAP_NAMES.join(", ")}, or a module whose
                   default export is a function that returns a map
  --stage STAGE    ${STAGE_NAMES.join(", ")}
                   (shadow)
  --sample RATE    the share of keys that is compared, 0 to 1 (1); at the end
                   all are
  --on-miss load   have a get that finds nothing set the key, as a cache does
  --reveal         show the keys and values of what differs, not only digests,
                   types and sizes
  --json           print the report as JSON, and nothing else
  --serve PORT     show the report at http://127.0.0.1:PORT/ meanwhile, and
                   afterwards until Ctrl-C; 0 takes any free port
  --help, --version

A set writes { line, sizeBytes }: the line of the trace it stands on, from 1,
and the size, or 0. So no two writes are the same, and a wrong value tells where
it comes from. When the trace ends, all entries of both maps are compared once
more.

Exit codes: 0 no diff; 1 diffs; 2 bad usage, bad input or a map that fails, and
then there is no report; 130 interrupted.
`;

/**
 * Reads the command line.
 *
 * @throws {InputError} If it is not understood.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command, trace, ...others] = positionals;
  if (command === undefined) refuse("a command is missing");
  if (command !== "replay") refuse(`there is no command ${command}`);
  if (trace === undefined) refuse("TRACE is missing");
  if (others.length > 0) refuse(`there must be one TRACE: received ${others.length + 1}`);
  const { old: oldMap, new: newMap, "on-miss": onMiss } = values;
  if (oldMap === undefined) refuse("--old MAP is missing");
  if (newMap === undefined) refuse("--new MAP is missing");
  if (onMiss !== undefined && onMiss !== "load") refuse(`--on-miss must be load: received ${onMiss}`);
  return {
    command,
    trace,
    oldMap,
    newMap,
    stage: stageOf(values.stage ?? "shadow"),
    sample: numberOf("--sample", values.sample ?? "1", "a number from 0 to 1", (rate) => rate >= 0 && rate <= 1),
    loadsMisses: onMiss === "load",
    reveal: values.reveal ?? false,
    json: values.json ?? false,
    port: values.serve === undefined
      ? undefined
      : numberOf("--serve", values.serve, "a port from 0 to 65535", (port) => Number.isInteger(port) && port < 65_536),
  };
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean" } as const;
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        old: text,
        new: text,
        stage: text,
        sample: text,
        "on-miss": text,
        reveal: flag,
        json: flag,
        serve: text,
        help: flag,
        version: flag,
      },
    });
  } catch (error) {
    // What follows the first sentence is advice about positional arguments.
    refuse((error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0] ?? "");
  }
}

function stageOf(name: string): Stage {
  const stage = STAGE_NAMES.find((stage) => stage === name);
  return stage ?? refuse(`--stage must be one of ${STAGE_NAMES.join(", ")}: received ${name}`);
}

function numberOf(option: string, text: string, must: string, isAllowed: (value: number) => boolean): number {
  const value = /^[\d.]+(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
  return isAllowed(value) ? value : refuse(`${option} must be ${must}: received ${JSON.stringify(text)}`);
}

function refuse(reason: string): never {
  throw new InputError(`${reason}\nUsage: ${SYNOPSIS}; more: twinmap --help`);
}
