import process from "node:process";
import { createInterface } from "node:readline/promises";
import type { CommandIo } from "./command_io.ts";
import { complaint } from "./complaint.ts";
import { InputError } from "./input_error.ts";
import { Secrets } from "./secrets.ts";

/** Runs `main` with the arguments and the streams of this process, and ends the process with the code it returns. */
export async function runAsProcess(
  main: (args: readonly string[], io: CommandIo) => Promise<number>,
): Promise<never> {
  const { stdin, stdout, stderr } = process;
  const args = process.argv.slice(2);
  const secrets = new Secrets(args);
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  // If the reader is gone, the write fails and reports it. Without a listener, the error would also end the process.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  // An error that a map's module throws from a timer would end the process with 1, which means that there are diffs.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      stderr.write(secrets.hide(complaint(error)));
      end(2);
    });
  }
  // If a map's module ends the process, it could end with 0, which means that there is no diff.
  let hasEnded = false;
  const refuseExit = () => {
    if (hasEnded) return;
    hasEnded = true;
    stderr.write("twinmap: a map's module ended the process\n");
    process.exitCode = 2;
  };
  process.on("exit", refuseExit);
  // `Deno.exit` does not emit "exit", but dispatches "unload".
  globalThis.addEventListener?.("unload", refuseExit);
  // With nothing left to wait for, a process ends with 0 as well.
  setInterval(() => {}, 2 ** 30);

  const code = await main(args, {
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
    ...stdin.isTTY && stderr.isTTY ? { ask } : {},
    signal: interrupt.signal,
  });
  // A map's module may have left timers or connections that would keep the process alive.
  return end(code);

  async function ask(question: string): Promise<string> {
    // Without `terminal`, Ctrl-C stays the signal that it is.
    const terminal = createInterface({ input: stdin, output: stderr, terminal: false });
    try {
      return await terminal.question(question, { signal: interrupt.signal });
    } finally {
      terminal.close();
    }
  }

  function end(code: number): never {
    hasEnded = true;
    process.exit(code);
  }
}

function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => error ? reject(error) : resolve());
  });
}
