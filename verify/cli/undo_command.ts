import { systemClock } from "../../src/clock.ts";
import { printableJson } from "../../src/inspection/printable_json.ts";
import { undoChanges } from "../migration/repairs.ts";
import { AsyncSide } from "../pair/async_side.ts";
import type { KeyChange } from "../pair/pair.ts";
import { Redactor } from "../report/redaction.ts";
import { KeyBatches } from "../work/key_batches.ts";
import { openExisting } from "./address.ts";
import { ANSWER_LIMIT_MS } from "./answered.ts";
import type { UndoArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { ChangeTally, describeChanges } from "./made_changes.ts";
import { counted } from "./numbers.ts";
import { checkAskable, isAgreed } from "./question.ts";
import type { Secrets } from "./secrets.ts";
import { readUndoFile } from "./undo_file.ts";

/** How many changes are taken back before the signal is looked at. */
const BATCH = 256;

/**
 * Runs `twinmap undo`.
 *
 * @param secrets What the output must not show.
 * @returns The exit code: 0 if all was taken back, else 1.
 * @throws {InputError} If the file is no undo file of the map, or the map cannot be changed.
 */
export async function undoCommand(asked: UndoArguments, io: CommandIo, secrets: Secrets): Promise<number> {
  io.signal.throwIfAborted();
  checkAskable("undo", asked.yes, io);
  const { file, newMap } = asked;
  const map = secrets.hide(newMap);
  await using next = await openExisting(newMap, "change", "change");
  // All of the file is read before anything is changed.
  let count = 0;
  for await (const _ of readUndoFile(file, map, next.codec)) count++;
  if (!await isAgreed(`Take back ${counted(count, "change")} of ${map}?`, asked.yes, io)) return 1;
  const tally = new ChangeTally(io, asked.limit);
  const side = new AsyncSide<unknown, unknown>(next.map, systemClock, ANSWER_LIMIT_MS);
  const setting = { redactor: new Redactor({ reveal: asked.values }), clock: systemClock };
  const change = (change: KeyChange<unknown>) => tally.attempt(() => side.change(change, systemClock));
  const batches = new KeyBatches(readUndoFile(file, map, next.codec));
  const made = await tally.run(async () => {
    for (let batch = await batches.next(BATCH); batch.length > 0; batch = await batches.next(BATCH)) {
      tally.add(await undoChanges(batch, change, setting));
    }
  });
  await io.writeOut(
    asked.json ? `${printableJson(secrets.hideIn({ newMap, ...made }))}\n` : secrets.hide(describeChanges(made)),
  );
  return made.written + made.failed > 0 ? 1 : 0;
}
