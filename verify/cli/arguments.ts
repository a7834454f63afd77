import { parseArgs } from "node:util";
import { type Stage, STAGE_NAMES } from "../stages/stage.ts";
import { InputError } from "./input_error.ts";
import { hostNameOf } from "./host_name.ts";
import { USAGE } from "./help.ts";

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

/** The arguments of `twinmap doctor`. */
export interface DoctorArguments {
  readonly command: "doctor";
  readonly oldMap: string;
  readonly newMap: string;
  readonly reveal: boolean;
  readonly json: boolean;
}

/** The arguments of `twinmap diff`. */
export interface DiffArguments {
  readonly command: "diff";
  readonly oldMap: string;
  readonly newMap: string;
  /** How many differences are listed at most. */
  readonly limit: number;
  /** Whether keys and values are shown. */
  readonly values: boolean;
  /** Whether the new map is made what the old one is. */
  readonly repair: boolean;
  /** The file that is to hold what takes the repair back, if any. */
  readonly undo: string | undefined;
  /** Whether to repair without a question. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** The arguments of `twinmap undo`. */
export interface UndoArguments {
  readonly command: "undo";
  /** The file that `diff --undo` has written. */
  readonly file: string;
  readonly newMap: string;
  /** How many changes are listed at most. */
  readonly limit: number;
  /** Whether keys and values are shown. */
  readonly values: boolean;
  /** Whether to change the map without a question. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** The command line, parsed and checked. */
export type Arguments =
  | ReplayArguments
  | DoctorArguments
  | DiffArguments
  | UndoArguments
  | { readonly command: "help" | "version" };

type Values = ReturnType<typeof parse>["values"];

/**
 * Parses and checks the command line.
 *
 * @throws {InputError} If an argument is missing, unknown or not allowed.
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [command, ...operands] = positionals;
  if (command === undefined) refuse("a command is missing");
  if (command === "replay") return readReplay(values, operands);
  if (command === "doctor") return readDoctor(values, operands);
  if (command === "diff") return readDiff(values, operands);
  if (command === "undo") return readUndo(values, operands);
  refuse(`unknown command ${command}`);
}

function readReplay(values: Values, [trace, ...others]: readonly string[]): ReplayArguments {
  const { limit, values: shown, repair, undo, yes } = values;
  refuseForeign("replay", { limit, values: shown, repair, undo, yes });
  if (trace === undefined) refuse("TRACE is missing");
  if (others.length > 0) refuse(`there must be exactly one TRACE: received ${others.length + 1}`);
  const { old: oldMap, new: newMap, "on-miss": onMiss, "allow-host": hosts = [] } = values;
  if (oldMap === undefined) refuse("--old MAP is missing");
  if (newMap === undefined) refuse("--new MAP is missing");
  if (hosts.length > 0 && values.serve === undefined) refuse("--allow-host needs --serve PORT");
  if (onMiss !== undefined && onMiss !== "load") refuse(`--on-miss must be load: received ${onMiss}`);
  return {
    command: "replay",
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

function readDoctor(values: Values, operands: readonly string[]): DoctorArguments {
  const { reveal = false, json = false, ...foreign } = values;
  refuseForeign("doctor", foreign);
  return { command: "doctor", ...readMaps(operands), reveal, json };
}

function readDiff(values: Values, operands: readonly string[]): DiffArguments {
  const { limit, values: shown = false, repair = false, undo, yes = false, json = false, ...foreign } = values;
  refuseForeign("diff", foreign);
  if (!repair && undo !== undefined) refuse("--undo needs --repair");
  if (!repair && yes) refuse("--yes needs --repair");
  return {
    command: "diff",
    ...readMaps(operands),
    limit: limitOf(limit),
    values: shown,
    repair,
    undo,
    yes,
    json,
  };
}

function readUndo(values: Values, [file, newMap, ...others]: readonly string[]): UndoArguments {
  const { limit, values: shown = false, yes = false, json = false, ...foreign } = values;
  refuseForeign("undo", foreign);
  if (file === undefined) refuse("FILE is missing");
  if (newMap === undefined) refuse("NEW is missing");
  if (others.length > 0) refuse(`there must be FILE and NEW alone: received ${others.length + 2} arguments`);
  return { command: "undo", file, newMap, limit: limitOf(limit), values: shown, yes, json };
}

function limitOf(limit = "100"): number {
  return numberOf("--limit", limit, "a whole number from 0", (value) => Number.isSafeInteger(value));
}

function readMaps(
  [oldMap, newMap, ...others]: readonly string[],
): { readonly oldMap: string; readonly newMap: string } {
  if (oldMap === undefined) refuse("OLD is missing");
  if (newMap === undefined) refuse("NEW is missing");
  if (others.length > 0) refuse(`there must be OLD and NEW alone: received ${others.length + 2} maps`);
  return { oldMap, newMap };
}

/** Refuses the options of other commands. */
function refuseForeign(command: string, options: { readonly [name: string]: unknown }): void {
  const name = Object.keys(options).find((name) => options[name] !== undefined);
  if (name !== undefined) refuse(`--${name} is no option of ${command}`);
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
        limit: text,
        values: flag,
        repair: flag,
        undo: text,
        yes: flag,
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
  throw new InputError(`${reason}\n${USAGE}; more: twinmap --help`);
}
