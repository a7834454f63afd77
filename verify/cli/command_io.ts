/** Where the command reads and writes. */
export interface CommandIo {
  /** The trace, if it is named `-`. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Takes the report, whole; rejects if it can't be delivered. */
  readonly writeOut: (text: string) => Promise<void>;
  /** Takes what is said meanwhile, and what went wrong. */
  readonly writeError: (text: string) => void;
  /** Whether what is said meanwhile is read on a terminal, so that progress is shown. */
  readonly isTerminal: boolean;
  /** Ends the command. */
  readonly signal: AbortSignal;
}
