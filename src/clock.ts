/** Options for a task that a {@link Clock} is to run. */
export interface ScheduleOptions {
  /**
   * Whether the process may end before the task has run.
   * @default {false}
   */
  readonly unref?: boolean;
}

/** The time and the turns of the event loop, as a twin sees them. A test passes its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since any fixed moment, never going back, as fine as the platform allows. */
  monotonicMs(): number;
  /**
   * Calls `task` once, not before `delayMs` milliseconds have passed and never within this call.
   *
   * @returns A function that cancels the task if it has not run yet; nothing if this clock cannot cancel.
   */
  schedule(task: () => void, delayMs: number, options?: ScheduleOptions): (() => void) | void;
}

/**
 * The platform's clock. Without a delay, a task runs in the next turn of the event loop. A browser has no `setImmediate`
 * and makes timers wait for 4 ms, so there a message brings the next turn.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (task, delayMs, options) => {
    if (delayMs > 0) return setTimer(task, delayMs, options?.unref === true);
    if (typeof setImmediate !== "function") return sendMessage(task);
    const turn = setImmediate(task);
    return () => clearImmediate(turn);
  },
};

function setTimer(task: () => void, delayMs: number, unref: boolean): () => void {
  const timer = setTimeout(task, delayMs);
  if (unref) unrefTimer(timer);
  return () => clearTimeout(timer);
}

/** Node and Bun have timers that can be unreferenced; Deno has a function for its numbers; a browser needs neither. */
function unrefTimer(timer: unknown): void {
  if (typeof timer === "object") (timer as { unref?(): void } | null)?.unref?.();
  else (Reflect.get(globalThis, "Deno") as { unrefTimer(id: unknown): void } | undefined)?.unrefTimer(timer);
}

/** Calls `task` when a message has arrived. Its channel is closed then, so that nothing keeps a process alive. */
function sendMessage(task: () => void): () => void {
  const { port1, port2 } = new MessageChannel();
  const close = () => {
    // A message that is on its way still arrives after the port was closed.
    port1.onmessage = null;
    port1.close();
  };
  port1.onmessage = () => {
    close();
    task();
  };
  port2.postMessage(undefined);
  return close;
}
