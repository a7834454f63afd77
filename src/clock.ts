/** The time and the turns of the event loop, as a twin sees them. A test passes its own. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since any fixed moment, never going back, as fine as the platform allows. */
  monotonicMs(): number;
  /** Calls `task` once, not before `delayMs` milliseconds have passed and never within this call. */
  schedule(task: () => void, delayMs: number): void;
}

/**
 * The platform's clock. Without a delay, a task runs in the next turn of the event loop. A browser has no `setImmediate`
 * and makes timers wait for 4 ms, so there a message brings the next turn.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  schedule: (task, delayMs) => {
    if (delayMs > 0) setTimeout(task, delayMs);
    else if (typeof setImmediate === "function") setImmediate(task);
    else sendMessage(task);
  },
};

/** Calls `task` when a message has arrived. Its channel is closed then, so that nothing keeps a process alive. */
function sendMessage(task: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    task();
  };
  port2.postMessage(undefined);
}
