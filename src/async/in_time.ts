import { type Deadlines, Limited } from "./deadlines.ts";

/** Waits until `work` has ended, well or badly, but no longer than the limit of `deadlines`. Returns whether it ended in time. */
export function inTime(work: Promise<unknown>, deadlines: Deadlines): Promise<boolean> {
  return new Promise((resolve) => {
    const wait = new Wait(resolve);
    deadlines.start(wait);
    const ended = () => {
      deadlines.stop(wait);
      resolve(true);
    };
    work.then(ended, ended);
  });
}

class Wait extends Limited {
  readonly #resolve: (isInTime: boolean) => void;

  constructor(resolve: (isInTime: boolean) => void) {
    super();
    this.#resolve = resolve;
  }

  override expire(): void {
    this.#resolve(false);
  }
}
