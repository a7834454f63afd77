/** The streams of the command, and what can stop it. */
export interface CommandIo {
  /** The trace, if its name is `-`. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Writes the whole report; rejects if that fails. */
  readonly writeOut: (text: string) => Promise<void>;
  /** Writes progress, addresses and failures. */
  readonly writeError: (text: string) => void;
  /** Whether `writeError` writes to a terminal: only then progress is shown. */
  readonly isTerminal: boolean;
  /** Asks a question on the terminal, and resolves to the answer; absent if there is no terminal. */
  readonly ask?: (question: string) => Promise<string>;
  /** Interrupts the command. */
  readonly signal: AbortSignal;
}
