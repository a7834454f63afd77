import type { Clock } from "@twinmap/twinmap";

/** Something that happened, in words. */
export interface Happening {
  /** When, in milliseconds since 1970. */
  readonly atMs: number;
  readonly text: string;
}

const MAX_KEPT = 8;

/** The last things that happened. */
export class Happenings {
  readonly #clock: Clock;
  readonly #tell: (line: string) => void;
  #last: readonly Happening[] = [];

  /** @param tell Called with the text of each. */
  constructor(clock: Clock, tell: (line: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The last ones, the latest first. */
  get last(): readonly Happening[] {
    return this.#last;
  }

  add(text: string): void {
    this.#last = [{ atMs: this.#clock.now(), text }, ...this.#last].slice(0, MAX_KEPT);
    this.#tell(text);
  }
}
