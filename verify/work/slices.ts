import type { Clock, ScheduleOptions } from "../../src/clock.ts";
import type { Maybe } from "../pair/pair.ts";

/** The clock is read after at most so many steps. */
const MAX_STRIDE = 64;

/**
 * Calls `step` until it returns `false` or a promise, or until about `sliceMs` have passed.
 *
 * The clock is read after 1, 2, 4, … steps as long as they are cheap: reading it takes as long as a short step, and one
 * step may be long.
 *
 * @returns What the last step returned: whether there is more to do.
 */
export function runSlice<M extends Maybe<boolean>>(step: () => M, clock: Clock, sliceMs: number): M {
  const start = clock.monotonicMs();
  let last = start;
  let stride = 1;
  for (;;) {
    let more: M;
    for (let i = 0; i < stride; i++) {
      more = step();
      if (more !== true) return more;
    }
    const now = clock.monotonicMs();
    if (now - start >= sliceMs) return more!;
    stride = (now - last) * 8 < sliceMs ? Math.min(stride * 2, MAX_STRIDE) : 1;
    last = now;
  }
}

/** Waits for a later turn of the event loop. */
export function nextTurn(clock: Clock, delayMs = 0, options?: ScheduleOptions): Promise<void> {
  return new Promise((resolve) => clock.schedule(resolve, delayMs, options));
}
