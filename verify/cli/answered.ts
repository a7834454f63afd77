import { type Clock, systemClock } from "../../src/clock.ts";

/** How long a server may take to answer. */
export const ANSWER_LIMIT_MS = 5_000;
/** How long a map may take to close. Nothing waits for it but the end of the command. */
const CLOSE_LIMIT_MS = 1_000;

/**
 * The answer of a server, or another one, which must come in time: what accepts a connection and then says nothing must not hold the
 * command up.
 *
 * @param whose Who answers, for the error.
 * @throws What the answer rejects with, or an error that says that it is late.
 */
export async function answered<T>(
  answer: Promise<T>,
  { whose = "the server", limitMs = ANSWER_LIMIT_MS, clock = systemClock }: {
    readonly whose?: string;
    readonly limitMs?: number;
    readonly clock?: Clock;
  } = {},
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.schedule(() => reject(new Error(`${whose} does not answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([answer, late]);
  } finally {
    cancel?.();
  }
}

/** Waits until something is closed, but not for long. */
export async function closed(closing: Promise<unknown>, clock: Clock = systemClock): Promise<void> {
  await answered(closing, { limitMs: CLOSE_LIMIT_MS, clock }).catch(() => {});
}
