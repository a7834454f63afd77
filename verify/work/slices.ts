import type { Clock } from "../../src/clock.ts";

/** The longest stretch of steps between two looks at the clock. */
const MAX_STRIDE = 64;

/**
 * Calls `step` until it returns `false` or about `sliceMs` have passed.
 *
 * The clock is read after 1, 2, 4, … steps as long as they are cheap: reading it costs as much as a short step, and one
 * step may be long.
 *
 * @returns Whether there is more to do.
 */
export function runSlice(step: () => boolean, clock: Clock, sliceMs: number): boolean {
  const start = clock.monotonicMs();
  let last = start;
  let stride = 1;
  for (;;) {
    for (let i = 0; i < stride; i++) if (!step()) return false;
    const now = clock.monotonicMs();
    if (now - start >= sliceMs) return true;
    stride = (now - last) * 8 < sliceMs ? Math.min(stride * 2, MAX_STRIDE) : 1;
    last = now;
  }
}

/** Waits for a later turn of the event loop. */
export function nextTurn(clock: Clock, delayMs = 0): Promise<void> {
  return new Promise((resolve) => clock.schedule(resolve, delayMs));
}
