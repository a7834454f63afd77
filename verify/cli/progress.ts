const REFRESH_MS = 200;

/** Shows the progress of a command in one line of a terminal, which it rewrites until `end` is called. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #line: () => string;
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * @param write Writes to the terminal.
   * @param line Returns the line.
   */
  constructor(write: (text: string) => void, line: () => string) {
    this.#write = write;
    this.#line = line;
    this.#timer = setInterval(() => this.show(), REFRESH_MS);
    this.show();
  }

  /** Rewrites the line. */
  show(): void {
    this.#write(`\r${this.#line()}\x1b[K`);
  }

  /** Erases the line. */
  end(): void {
    clearInterval(this.#timer);
    this.#write("\r\x1b[K");
  }
}
