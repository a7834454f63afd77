import type { StoreMove } from "./store_move.ts";

/** A button of the page. */
export interface Button {
  readonly label: string;
  /** What becomes of it, in a sentence. */
  readonly about: string;
  readonly press: (move: StoreMove) => unknown;
  /** Whether what it does lasts. */
  readonly isPressed: (move: StoreMove) => boolean;
}

/** The buttons about the new store, by the names that forms send. */
export const STORE_BUTTONS: Readonly<Record<string, Button>> = {
  stop: {
    label: "Stop the new store",
    about: "It takes commands, and does not answer.",
    press: (move) => move.stop(),
    isPressed: ({ trouble }) => trouble === "stopped",
  },
  slow: {
    label: "Slow it down",
    about: "An answer takes up to 0.3 seconds.",
    press: (move) => move.slowDown(),
    isPressed: ({ trouble }) => trouble === "slow",
  },
  lose: {
    label: "Lose the connection mid-write",
    about: "For the writes of a quarter of a second, nobody knows whether they were made.",
    press: (move) => move.loseConnection(),
    isPressed: () => false,
  },
  "go-on": {
    label: "Let it go on",
    about: "It answers again. What was put off is copied, and then all sessions are compared.",
    press: (move) => move.goOn(),
    isPressed: () => false,
  },
};

/** The button about the service, by the name that forms send. */
export const SERVICE_BUTTONS: Readonly<Record<string, Button>> = {
  wait: {
    label: "Let the service wait",
    about: "From now on its code calls sessions.promised, and waits for each answer.",
    press: (move) => move.letServiceWait(),
    isPressed: ({ serviceWaits }) => serviceWaits,
  },
};

/** The button of that name. */
export function buttonOf(name: unknown): Button | undefined {
  const buttons = { ...STORE_BUTTONS, ...SERVICE_BUTTONS };
  return typeof name === "string" && Object.hasOwn(buttons, name) ? buttons[name] : undefined;
}
