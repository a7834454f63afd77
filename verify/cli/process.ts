import process from "node:process";
import type { CommandIo } from "./command_io.ts";
import { InputError } from "./input_error.ts";

/** Runs `main` with the arguments and the streams of this process, and ends the process with the code it returns. */
export async function runAsProcess(
  main: (args: readonly string[], io: CommandIo) => Promise<number>,
): Promise<never> {
  const { stdin, stdout, stderr } = process;
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  // A reader that has gone is reported by the write itself; without a listener it would end the process as well.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  // What a map's module throws out of its own turn would end the process with 1, which says that there are diffs.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      stderr.write(`twinmap: ${error instanceof Error ? error.stack : error}\n`);
      process.exit(2);
    });
  }
  // With nothing left to wait for, a process ends with 0, which says that there is no diff.
  setInterval(() => {}, 2 ** 30);

  const code = await main(process.argv.slice(2), {
    stdin,
    writeOut: async (text) => {
      try {
        await written(stdout, text);
      } catch (error) {
        throw new InputError(`Cannot write to stdout: ${error instanceof Error ? error.message : error}`);
      }
    },
    writeError: (text) => void stderr.write(text),
    isTerminal: stderr.isTTY === true,
    signal: interrupt.signal,
  });
  // A map's module may have left timers or connections that would keep the process alive.
  process.exit(code);
}

function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => error ? reject(error) : resolve());
  });
}
