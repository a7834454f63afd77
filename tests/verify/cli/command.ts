/** Runs the command within the test, with its streams in memory. */
import { main } from "@twinmap/twinmap/cli";

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The streams and signal that a test gives the command; all have defaults. */
export interface Surroundings {
  readonly stdin?: string | AsyncIterable<Uint8Array>;
  readonly isTerminal?: boolean;
  /** Called with each question; without it there is no terminal on which to ask. */
  readonly ask?: (question: string) => Promise<string>;
  readonly signal?: AbortSignal;
  readonly writeOut?: (text: string) => Promise<void>;
  /** Called with each piece that is written to stderr. */
  readonly onError?: (text: string) => void;
}

export async function run(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { stdin = "", isTerminal = false, ask, signal = new AbortController().signal, onError = () => {} } =
    surroundings;
  let out = "";
  let error = "";
  const code = await main(args, {
    stdin: typeof stdin === "string" ? new Blob([stdin]).stream() : stdin,
    writeOut: surroundings.writeOut ?? ((text) => {
      out += text;
      return Promise.resolve();
    }),
    writeError: (text) => {
      error += text;
      onError(text);
    },
    isTerminal,
    ...ask === undefined ? {} : { ask },
    signal,
  });
  return { code, out, error };
}

/** A small trace of three reads and three writes. */
export const TRACE = "op,key,size\nset,a,7\nset,b,8\nget,a,\nget,c,\nhas,b,\ndelete,b,\n";

/** A trace of this many operations, one read to two writes, so that a map that forgets writes is found. */
export function longTrace(operations: number): string {
  const names = ["set", "get", "set"];
  return `op,key\n${Array.from({ length: operations }, (_, i) => `${names[i % 3]},k${i % 500}\n`).join("")}`;
}
