/**
 * The command `twinmap`: replays a recorded trace through a twin, examines two maps before anyone moves, or finds the keys in which they
 * differ, and repairs them; and prints a report.
 * `twinmap --help` lists the options.
 *
 * ```sh
 * deno run -A jsr:@twinmap/twinmap/cli replay trace.csv.gz --old native --new sharded
 * deno run -A jsr:@twinmap/twinmap/cli doctor sqlite:sessions.db#sessions redis://127.0.0.1:6379/sessions:
 * deno run -A jsr:@twinmap/twinmap/cli diff sqlite:sessions.db#sessions redis://127.0.0.1:6379/sessions:
 * ```
 *
 * @module
 */
import manifest from "../../deno.json" with { type: "json" };
import { readArguments } from "./arguments.ts";
import type { CommandIo } from "./command_io.ts";
import { complaint } from "./complaint.ts";
import { diffCommand } from "./diff_command.ts";
import { doctorCommand } from "./doctor_command.ts";
import { HELP } from "./help.ts";
import { runAsProcess } from "./process.ts";
import { replayCommand } from "./replay_command.ts";
import { Secrets } from "./secrets.ts";
import { undoCommand } from "./undo_command.ts";

export type { CommandIo };

/**
 * Runs the command.
 *
 * @param args The arguments, such as `["replay", "trace.csv", "--old", "native", "--new", "sharded"]`.
 * @param io Its streams, and a signal that interrupts it.
 * @returns The exit code: 0 no diff, problem or difference, or none any more; 1 some; 2 bad usage, bad input or any other failure; 130
 * interrupted. With 2 and 130 there is no report, but for the differences that were to be repaired.
 *
 * @example
 * ```ts
 * import { main } from "@twinmap/twinmap/cli";
 * import { assertEquals } from "@std/assert";
 *
 * let printed = "";
 * const code = await main(["replay", "-", "--old", "native", "--new", "native", "--json"], {
 *   stdin: new Blob(["op,key\nset,a\nget,a\n"]).stream(),
 *   writeOut: (text) => {
 *     printed += text;
 *     return Promise.resolve();
 *   },
 *   writeError: () => {},
 *   isTerminal: false,
 *   signal: new AbortController().signal,
 * });
 * assertEquals(code, 0);
 * assertEquals(JSON.parse(printed).operations, { reads: 1, writes: 1 });
 * ```
 */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const secrets = new Secrets(args);
  try {
    const asked = readArguments(args);
    if (asked.command === "doctor") return await doctorCommand(asked, io, secrets);
    if (asked.command === "diff") return await diffCommand(asked, io, secrets);
    if (asked.command === "undo") return await undoCommand(asked, io, secrets);
    if (asked.command === "replay") return await replayCommand(asked, io);
    await io.writeOut(asked.command === "help" ? HELP : `twinmap ${manifest.version}\n`);
    return 0;
  } catch (error) {
    if (io.signal.aborted) {
      io.writeError("twinmap: interrupted before there was a report\n");
      return 130;
    }
    io.writeError(secrets.hide(complaint(error)));
    return 2;
  }
}

if (import.meta.main) await runAsProcess(main);
