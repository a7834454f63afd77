import { printableJson } from "../../src/inspection/printable_json.ts";
import { MapDiff } from "../diff/diff.ts";
import { openMap } from "./address.ts";
import type { DiffArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { namedReasonOf } from "./complaint.ts";
import { describeDiff, type FoundDiff, ListedDifferences } from "./found_diff.ts";
import { InputError } from "./input_error.ts";
import { counted } from "./numbers.ts";
import type { OpenMap } from "./open_map.ts";
import { Progress } from "./progress.ts";
import type { Secrets } from "./secrets.ts";

/**
 * Runs `twinmap diff`.
 *
 * @param secrets What the output must not show.
 * @returns The exit code: 0 if the two maps are the same, else 1.
 * @throws {InputError} If the maps cannot be compared; nothing was written to `io.writeOut` then.
 */
export async function diffCommand(asked: DiffArguments, io: CommandIo, secrets: Secrets): Promise<number> {
  io.signal.throwIfAborted();
  await using old = await opened(asked.oldMap);
  await using next = await opened(asked.newMap);
  const found = await compare(old, next, asked, io);
  await io.writeOut(
    asked.json
      ? `${printableJson(secrets.hideIn({ oldMap: asked.oldMap, newMap: asked.newMap, ...found }))}\n`
      : secrets.hide(describeDiff(asked, found)),
  );
  return found.differences + found.inconclusive > 0 ? 1 : 0;
}

async function opened(argument: string): Promise<OpenMap> {
  const map = await openMap(argument);
  if (map.exists) return map;
  await map[Symbol.asyncDispose]();
  throw new InputError(`Cannot compare ${argument}: it does not exist`);
}

async function compare(
  old: OpenMap,
  next: OpenMap,
  { limit, values }: DiffArguments,
  io: CommandIo,
): Promise<FoundDiff> {
  const diff = new MapDiff(old.map, next.map, { signal: io.signal });
  const listed = new ListedDifferences(limit, values);
  const progress = io.isTerminal ? new Progress(io.writeError, () => progressLine(diff, listed)) : undefined;
  try {
    for await (const difference of diff.differences()) listed.add(difference);
  } catch (error) {
    io.signal.throwIfAborted();
    throw new InputError(`Cannot compare the two maps: ${namedReasonOf(error).split("\n")[0]}`, { cause: error });
  } finally {
    progress?.end();
  }
  return { old: old.name, new: next.name, ...diff.progress, ...listed.found() };
}

function progressLine({ progress }: MapDiff<unknown, unknown>, listed: ListedDifferences): string {
  const done = progress.method === "digests" ? "digested" : "read";
  return `${counted(progress.entries, "entry", "entries")} ${done}, ${
    counted(listed.found().differences, "difference")
  } found`;
}
