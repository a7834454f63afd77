import { isQuick } from "../lib/ratio.ts";
import type { Contender } from "../lib/ratio.ts";

/** How many calls are under way at a time. */
const IN_FLIGHT = 64;

const CALLS = isQuick ? 64 : 2_000;

/** The keys that are used. */
export const KEYS: readonly string[] = Array.from({ length: 1_000 }, (_, at) => `user:${at}`);

/** Makes calls from callers that each wait for their answer. */
export function callers(call: (key: string) => Promise<unknown>): Contender {
  const run = async () => {
    let begun = 0;
    const caller = async () => {
      while (begun < CALLS) await call(KEYS[begun++ % KEYS.length] as string);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  };
  return { operations: CALLS, run };
}
