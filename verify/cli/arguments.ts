import { parseArgs } from "node:util";
import { type Stage, STAGE_NAMES } from "../stages/stage.ts";
import { InputError } from "./input_error.ts";
import { hostNameOf } from "./host_name.ts";
import { MAP_NAMES } from "./map_argument.ts";

/** The arguments of `twinmap replay`. */
export interface ReplayArguments {
  readonly command: "replay";
  /** The file, or `-` for stdin. */
  readonly trace: string;
  readonly oldMap: string;
  readonly newMap: string;
  readonly stage: Stage;
  readonly sample: number;
  /** Whether a `get` that misses is followed by a `set` of the key, as in a cache. */
  readonly loadsMisses: boolean;
  readonly reveal: boolean;
  readonly json: boolean;
  /** The port that shows the report during the replay, if any. */
  readonly port: number | undefined;
  /** Host names that the report is served under, besides those of this machine. */
  readonly allowedHosts: readonly string[];
}

/** The command line, parsed and checked. */
export type Arguments = ReplayArguments | { readonly command: "help" | "version" };

const SYNOPSIS = "twinmap replay TRACE --old MAP --new MAP [option]...";

/** The output of `--help`. */
export const HELP: string = `Usage: ${SYNOPSIS}

Replays recorded operations through a twin of two maps, and reports whether the
two differ.

  TRACE            a CSV file, plain or gzipped, or - for stdin. Its header names
                   the columns op (get, has, set or delete), key and optionally
                   size (in bytes), in any order
  --old MAP        the map in use
  --new MAP        the map that is to replace it
                   MAP is ${MAP_NAMES.join(", ")}, or a module whose
                   default export is a function that returns a map
  --stage STAGE    ${STAGE_NAMES.join(", ")}
                   (default: shadow)
  --sample RATE    the share of keys to compare, from 0 to 1 (default: 1); at the
                   end all keys are compared
  --on-miss load   set the key after a get that misses, as a cache does
  --reveal         show keys and values of diffs, not only digests, types and
                   sizes
  --json           print the report as JSON, and nothing else
  --serve PORT     serve the report at http://127.0.0.1:PORT/ during the replay,
                   and after it until Ctrl-C; 0 picks a free port
  --allow-host NAME
                   with --serve, also answer requests for this host name, for
                   example behind a proxy; may be repeated
  --help, --version

A set writes { line, sizeBytes }: the line number in the trace, from 1, and the
size, or 0 if the trace gives none. No two writes are the same, so a wrong value
shows where it comes from. At the end of the trace, all entries of both maps are
compared once more.

Exit codes: 0 no diff; 1 diffs; 2 bad usage, bad input or a failing map, without
a report; 130 interrupted.
`;

/**
 * Parses and checks the command line.
 *
 * @throws {InputError} If an argument is missing, unknown or not allowed.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command, trace, ...others] = positionals;
  if (command === undefined) refuse("a command is missing");
  if (command !== "replay") refuse(`unknown command ${command}`);
  if (trace === undefined) refuse("TRACE is missing");
  if (others.length > 0) refuse(`there must be exactly one TRACE: received ${others.length + 1}`);
  const { old: oldMap, new: newMap, "on-miss": onMiss, "allow-host": hosts = [] } = values;
  if (oldMap === undefined) refuse("--old MAP is missing");
  if (newMap === undefined) refuse("--new MAP is missing");
  if (hosts.length > 0 && values.serve === undefined) refuse("--allow-host needs --serve PORT");
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
    allowedHosts: hosts.map(hostOf),
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
        "allow-host": { ...text, multiple: true },
        help: flag,
        version: flag,
      },
    });
  } catch (error) {
    // The rest of the message is advice about positional arguments.
    refuse((error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0] ?? "");
  }
}

function stageOf(name: string): Stage {
  const stage = STAGE_NAMES.find((stage) => stage === name);
  return stage ?? refuse(`--stage must be one of ${STAGE_NAMES.join(", ")}: received ${name}`);
}

function hostOf(name: string): string {
  const host = name.toLowerCase();
  if (hostNameOf(host) === host) return host;
  return refuse(`--allow-host must be a host name without a port: received ${JSON.stringify(name)}`);
}

function numberOf(option: string, text: string, must: string, isAllowed: (value: number) => boolean): number {
  const value = /^[\d.]+(e-?\d+)?$/i.test(text) ? Number(text) : NaN;
  return isAllowed(value) ? value : refuse(`${option} must be ${must}: received ${JSON.stringify(text)}`);
}

function refuse(reason: string): never {
  throw new InputError(`${reason}\nUsage: ${SYNOPSIS}; more: twinmap --help`);
}
