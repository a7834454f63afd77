import { setTimeout as sleep } from "node:timers/promises";

/** Asks repeatedly, and returns the first answer that is neither `undefined` nor `false`. */
export async function until<T>(ask: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    await sleep(10);
  }
}
