import { existsSync } from "node:fs";
import { printable } from "../../src/inspection/printable.ts";
import { printableJson } from "../../src/inspection/printable_json.ts";
import { MapDiff } from "../diff/diff.ts";
import { Redactor } from "../report/redaction.ts";
import { openExisting } from "./address.ts";
import type { DiffArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { namedReasonOf } from "./complaint.ts";
import { describeDiff, type FoundDiff, ListedDifferences } from "./found_diff.ts";
import { InputError } from "./input_error.ts";
import { ChangeTally, describeChanges, type MadeChanges } from "./made_changes.ts";
import { counted } from "./numbers.ts";
import type { OpenMap } from "./open_map.ts";
import { Progress } from "./progress.ts";
import { checkAskable, isAgreed } from "./question.ts";
import { MapRepair } from "./repair.ts";
import type { Secrets } from "./secrets.ts";
import { UndoFile } from "./undo_file.ts";

/** What became of a repair. */
interface MadeRepair extends MadeChanges {
  /** How many keys only the new map has, and were left, since it is shared more widely. */
  readonly left: number;
  /** How many keys were not repaired, since there were too many. */
  readonly lost: number;
}

/**
 * Runs `twinmap diff`.
 *
 * @param secrets What the output must not show.
 * @returns The exit code: 0 if the two maps are the same, or are now; else 1.
 * @throws {InputError} If the maps cannot be compared, or the new one cannot be repaired.
 */
export async function diffCommand(asked: DiffArguments, io: CommandIo, secrets: Secrets): Promise<number> {
  io.signal.throwIfAborted();
  if (asked.repair) checkRepair(asked, io);
  await using old = await openExisting(asked.oldMap, "compare");
  await using next = await openExisting(asked.newMap, "compare", asked.repair ? "change" : "read");
  const redactor = new Redactor({ reveal: asked.values });
  const repair = asked.repair ? new MapRepair(old, next) : undefined;
  const found = await compare(old, next, repair, redactor, asked, io);
  if (!asked.json) await io.writeOut(secrets.hide(describeDiff(asked, found)));
  const made = repair !== undefined && found.differences > 0
    ? await repaired(repair, next, redactor, asked, io, secrets)
    : undefined;
  if (asked.json) {
    const { oldMap, newMap } = asked;
    const report = { oldMap, newMap, ...found, ...made === undefined ? {} : { repair: made } };
    await io.writeOut(`${printableJson(secrets.hideIn(report))}\n`);
  } else if (made !== undefined) {
    await io.writeOut(`\n${secrets.hide(describeRepair(made, asked))}`);
  }
  const differences = made === undefined ? found.differences : made.left + made.lost + made.written + made.failed;
  return differences + found.inconclusive > 0 ? 1 : 0;
}

/** @throws {InputError} If a repair is impossible. */
function checkRepair({ undo, yes }: DiffArguments, io: CommandIo): void {
  checkAskable("--repair", yes, io);
  if (undo !== undefined && existsSync(undo)) throw new InputError(`Cannot write the undo file ${undo}: it exists`);
}

async function compare(
  old: OpenMap,
  next: OpenMap,
  repair: MapRepair | undefined,
  redactor: Redactor,
  { limit }: DiffArguments,
  io: CommandIo,
): Promise<FoundDiff> {
  const diff = new MapDiff(old.map, next.map, { signal: io.signal });
  const listed = new ListedDifferences(limit, redactor);
  const progress = io.isTerminal ? new Progress(io.writeError, () => progressLine(diff, listed)) : undefined;
  try {
    for await (const difference of diff.differences()) {
      listed.add(difference);
      repair?.add(difference);
    }
  } catch (error) {
    io.signal.throwIfAborted();
    throw new InputError(`Cannot compare the two maps: ${namedReasonOf(error).split("\n")[0]}`, { cause: error });
  } finally {
    progress?.end();
  }
  return { old: old.name, new: next.name, ...diff.progress, ...listed.found() };
}

/** Repairs the new map, if the user agrees; `undefined`: they do not. */
async function repaired(
  repair: MapRepair,
  next: OpenMap,
  redactor: Redactor,
  asked: DiffArguments,
  io: CommandIo,
  secrets: Secrets,
): Promise<MadeRepair | undefined> {
  const { yes, limit, undo, oldMap, newMap } = asked;
  if (repair.size > 0 && !await isAgreed(secrets.hide(repair.question(oldMap, newMap)), yes, io)) return undefined;
  using file = undo === undefined || repair.size === 0
    ? undefined
    : new UndoFile(undo, secrets.hide(newMap), next.codec);
  const tally = new ChangeTally(io, limit);
  const made = await tally.run(() => repair.run(tally, file, redactor));
  return { ...made, left: repair.left, lost: repair.lost };
}

function describeRepair(made: MadeRepair, asked: DiffArguments): string {
  const { left, lost } = made;
  return describeChanges(made, [
    ...left > 0 ? [`${counted(left, "key")} left, which only NEW has: it is shared more widely than OLD`] : [],
    ...lost > 0 ? [`${counted(lost, "key")} left, since there were too many: repair again`] : [],
    ...made.changed > 0 ? wayBack(asked) : [],
  ]);
}

function wayBack({ undo, newMap }: DiffArguments): string[] {
  return undo === undefined ? [] : [`To take that back: twinmap undo ${printable(undo)} ${printable(newMap)}`];
}

function progressLine({ progress }: MapDiff<unknown, unknown>, listed: ListedDifferences): string {
  const done = progress.method === "digests" ? "digested" : "read";
  return `${counted(progress.entries, "entry", "entries")} ${done}, ${
    counted(listed.found().differences, "difference")
  } found`;
}
