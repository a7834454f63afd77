import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import type { TwinReport } from "../report/report.ts";
import { lift } from "../../src/lift.ts";
import { hasMethod } from "../../src/options.ts";
import { twin } from "../twin/twin.ts";
import { createMap } from "./address.ts";
import type { ReplayArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { InputError } from "./input_error.ts";
import type { AnyMap } from "./map_argument.ts";
import { count, percent, perSecond } from "./numbers.ts";
import { Progress } from "./progress.ts";
import { Replay, type ReplayedTwin, type ReplayedValue } from "./replay.ts";
import { printableJson } from "../../src/inspection/printable_json.ts";
import { summarize } from "./summary.ts";
import { readTrace } from "./trace/trace.ts";
import { readTraceBytes } from "./trace/trace_bytes.ts";

/** A store may copy to its replicas for a while: a difference is looked at again. */
const SETTLE_MS = [100, 1_000];

/**
 * Runs `twinmap replay`.
 *
 * @returns The exit code: 0 if there is no diff, else 1.
 * @throws {InputError} If the replay is impossible; nothing was written to `io.writeOut` then.
 */
export async function replayCommand(asked: ReplayArguments, io: CommandIo): Promise<number> {
  const { signal } = io;
  signal.throwIfAborted();
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  const interrupted = aborted.then<never>(() => {
    throw signal.reason;
  });
  await using oldMap = await Promise.race([createMap<string, ReplayedValue>(asked.oldMap), interrupted]);
  await using newMap = await Promise.race([createMap<string, ReplayedValue>(asked.newMap), interrupted]);
  const map = makeTwin(asked, oldMap.map, newMap.map);
  const server = asked.port === undefined ? undefined : await (await import("./serve.ts"))
    .serveReport(map, asked.port, asked.allowedHosts);
  try {
    if (server !== undefined) io.writeError(`The report is at ${server.address}\n`);
    const report = await Promise.race([replayTrace(asked, map, io), interrupted]);
    if (server !== undefined) {
      io.writeError(`The report stays at ${server.address} until Ctrl-C\n`);
      await aborted;
    }
    return report.diffs > 0 ? 1 : 0;
  } finally {
    map.close();
    server?.close();
  }
}

function makeTwin(
  { sample, reveal }: ReplayArguments,
  oldMap: AnyMap<string, ReplayedValue>,
  newMap: AnyMap<string, ReplayedValue>,
): ReplayedTwin {
  const options = { name: "replay", sample, reveal };
  try {
    if (isSynchronous(oldMap) && isSynchronous(newMap)) return twin(oldMap, newMap, options);
    // Nothing but the replay writes to the two maps.
    const promised = isSynchronous(oldMap) ? lift(oldMap) : oldMap;
    return twin(promised, newMap, { ...options, instances: "one", settleMs: SETTLE_MS });
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function isSynchronous<K, V>(map: AnyMap<K, V>): map is ConcurrentMap<K, V> | Map<K, V> {
  return !hasMethod(map, Symbol.asyncIterator);
}

async function replayTrace(
  asked: ReplayArguments,
  map: ReplayedTwin,
  io: CommandIo,
): Promise<TwinReport> {
  const replay = new Replay(map, asked.loadsMisses);
  const startMs = performance.now();
  const line = () => progressLine(replay.operations, (performance.now() - startMs) / 1_000, map.report());
  const progress = io.isTerminal ? new Progress(io.writeError, line) : undefined;
  let seconds: number;
  try {
    await replay.moveTo(asked.stage);
    await replay.run(readTrace(readTraceBytes(asked.trace, io.stdin)), io.signal);
    seconds = (performance.now() - startMs) / 1_000;
    await replay.sweep(asked.stage);
  } finally {
    progress?.end();
  }
  // An interrupted sweep also ends without an error, but proves nothing.
  io.signal.throwIfAborted();
  const report = map.report();
  await io.writeOut(
    asked.json ? `${printableJson(report)}\n` : summarize({ ...asked, operations: replay.operations, seconds }, report),
  );
  return report;
}

function progressLine(operations: number, seconds: number, { diffRate, sweep }: TwinReport): string {
  const diffs = `diff rate ${percent(diffRate)}`;
  if (operations > 0 && sweep.state === "running") {
    const swept = `${count(sweep.done)} of ${count(sweep.total)} entries swept`;
    const left = sweep.leftMs === null ? "" : `, ${Math.ceil(sweep.leftMs / 1_000)} s left`;
    return `${count(operations)} operations, ${swept}${left}, ${diffs}`;
  }
  return `${count(operations)} operations, ${perSecond(operations, seconds)}, ${diffs}`;
}
