import { setImmediate } from "node:timers";

/** The time and the turns of the event loop, as the twin sees them; a test passes its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since any fixed moment, never going back, as fine as the platform allows. */
  monotonicMs(): number;
  /** Calls `task` once, not before `delayMs` milliseconds have passed and never within this call. */
  schedule(task: () => void, delayMs: number): void;
}

/** The platform's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (task, delayMs) => {
    if (delayMs > 0) setTimeout(task, delayMs);
    else setImmediate(task);
  },
};
