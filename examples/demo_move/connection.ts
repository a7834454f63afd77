import { type Clock, systemClock } from "@twinmap/twinmap";
import { SLOW_MS } from "./new_store.ts";

/** What a connection does with commands and answers. */
export type ConnectionState = "works" | "slow" | "hangs" | "loses answers";

/** A connection to a store, on which commands can be slow or hang, and answers can get lost. */
export class Connection {
  readonly #clock: Clock;
  #state: ConnectionState = "works";
  /** Lets the commands go on that hang, in the order in which they came. */
  #hanging: (() => void)[] = [];

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  set state(state: ConnectionState) {
    this.#state = state;
    if (state === "hangs") return;
    for (const goOn of this.#hanging) goOn();
    this.#hanging = [];
  }

  /**
   * Carries out a command when it reaches the store.
   *
   * @returns The answer. Rejects if that gets lost, although the command was carried out.
   */
  async send<T>(command: () => T): Promise<T> {
    if (this.#state === "hangs") await new Promise<void>((resolve) => this.#hanging.push(resolve));
    else if (this.#state === "slow") await new Promise<void>((resolve) => void this.#clock.schedule(resolve, SLOW_MS));
    const answer = command();
    if (this.#state === "loses answers") throw new Error("The connection is lost");
    return answer;
  }
}
