/** How the process of a demo begins and ends. */
import process from "node:process";
import { ArgumentError } from "./command_line.ts";
import { count } from "./numbers.ts";

/**
 * Runs a demo until it ends.
 *
 * @param name What its errors begin with.
 * @returns The exit code: 0, or 2 if it cannot start.
 */
export async function exitCodeOf(name: string, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return 0;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return 2;
  }
}

/** A signal that is aborted when the demo is to end, by Ctrl-C or the end of its terminal. */
export function untilInterrupted(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => interrupt.abort());
  return interrupt.signal;
}

/** Prints a line. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints the last line, and ends the process: a client that follows a report would keep it alive for another second. */
export function end({ right, wrong }: { readonly right: number; readonly wrong: number }): void {
  const answered = `${count(right)} requests were answered correctly, ${count(wrong)} wrongly`;
  process.stdout.write(`\nEnded: ${answered}.\n`, () => process.exit(0));
}
