import { backingsOf } from "../../src/backing.ts";
import { systemClock } from "../../src/clock.ts";
import type { ExaminedMap } from "../doctor/examined_map.ts";
import { diagnose, type Diagnosis } from "../doctor/doctor.ts";
import { Scan } from "../doctor/scan.ts";
import { openMap } from "./address.ts";
import { answeringMap } from "./answering_map.ts";
import type { DoctorArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { namedReasonOf } from "./complaint.ts";
import { describeDiagnosis } from "./diagnosis.ts";
import { MAP_NAMES } from "./map_argument.ts";
import type { OpenMap } from "./open_map.ts";
import { InputError } from "./input_error.ts";
import { count, counted } from "./numbers.ts";
import { printableJson } from "../../src/inspection/printable_json.ts";
import { Progress } from "./progress.ts";
import type { Secrets } from "./secrets.ts";

/**
 * Runs `twinmap doctor`.
 *
 * @param secrets What the output must not show.
 * @returns The exit code: 0 if there is no problem, else 1.
 * @throws {InputError} If the maps cannot be compared; nothing was written to `io.writeOut` then.
 */
export async function doctorCommand(asked: DoctorArguments, io: CommandIo, secrets: Secrets): Promise<number> {
  const { signal } = io;
  signal.throwIfAborted();
  const interrupted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const diagnosis = await Promise.race([examine(asked, io), interrupted]);
  await io.writeOut(
    asked.json
      ? `${printableJson(secrets.hideIn({ oldMap: asked.oldMap, newMap: asked.newMap, ...diagnosis }))}\n`
      : secrets.hide(describeDiagnosis(asked, diagnosis)),
  );
  return diagnosis.findings.some(({ level }) => level === "problem") ? 1 : 0;
}

async function examine({ oldMap, newMap, reveal }: DoctorArguments, io: CommandIo): Promise<Diagnosis> {
  await using old = await openMap(oldMap);
  if (!old.exists) throw new InputError(`Cannot examine ${oldMap}: it does not exist`);
  await using next = await openMap(newMap);
  const isOne = oldMap === newMap && !MAP_NAMES.includes(oldMap);
  if (isOne || backingsOf(old.map).some((map) => backingsOf(next.map).includes(map))) {
    throw new InputError(`Cannot compare ${oldMap} with ${newMap}: they are one map`);
  }
  const [oldSide, newSide] = [answering(old), answering(next)];
  const scan = new Scan(oldSide, newSide, reveal);
  const progress = io.isTerminal ? new Progress(io.writeError, () => progressLine(scan)) : undefined;
  try {
    return await diagnose(oldSide, newSide, scan, io.signal);
  } catch (error) {
    io.signal.throwIfAborted();
    throw new InputError(`Cannot compare the two maps: ${namedReasonOf(error).split("\n")[0]}`, { cause: error });
  } finally {
    progress?.end();
  }
}

function progressLine({ entries, newEntries }: Scan): string {
  const ofNew = newEntries === 0 ? "" : `, ${count(newEntries)} of the new one`;
  return `${counted(entries, "entry", "entries")} of the old map read${ofNew}`;
}

/** A module may name a map over a server that falls silent. */
function answering(open: OpenMap): ExaminedMap {
  return open.isSynchronous ? open : { ...open, map: answeringMap(open.map, systemClock) };
}
