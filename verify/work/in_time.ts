import type { Clock } from "../../src/clock.ts";

/** Waits until `work` has ended, well or badly, but at most `maxMs`. Returns whether it ended in time. */
export async function inTime(work: Promise<unknown>, clock: Clock, maxMs: number): Promise<boolean> {
  const ended = work.then(() => true, () => true);
  const { promise: timeUp, resolve } = Promise.withResolvers<false>();
  const cancel = clock.schedule(() => resolve(false), maxMs);
  const isInTime = await Promise.race([ended, timeUp]);
  cancel?.();
  return isInTime;
}
