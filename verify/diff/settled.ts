import type { Clock } from "../../src/clock.ts";
import { nextTurn } from "../work/slices.ts";
import { isUnchanged, type Looks, type SeenKey, valueOf } from "./looks.ts";
import type { MapDifference } from "./map_difference.ts";

/** How many keys that differed wait to be looked at again. */
const MAX_WAITING = 4_096;

/** Some keys that differed when they were looked at. */
interface Seen<K, V> {
  readonly keys: readonly SeenKey<K, V>[];
  readonly atMs: number;
}

/**
 * Looks at keys, and again, after some time, at those that differ.
 *
 * @param suspects The keys, in batches.
 * @param settleMs The time between the two looks, in milliseconds.
 * @returns Those that still differ.
 */
export async function* settled<K, V>(
  suspects: AsyncIterable<readonly K[]>,
  looks: Looks<K, V>,
  { settleMs, clock, signal }: { settleMs: number; clock: Clock; signal: AbortSignal | undefined },
): AsyncGenerator<MapDifference<K, V>, undefined> {
  const waiting: Seen<K, V>[] = [];
  let count = 0;
  const lookAgain = async ({ keys, atMs }: Seen<K, V>) => {
    count -= keys.length;
    await pause(clock, atMs + settleMs - clock.monotonicMs(), signal);
    const again = new Map((await looks.at(keys.map(({ key }) => key), signal)).map((seen) => [seen.key, seen]));
    return keys.flatMap((first) => {
      const second = again.get(first.key);
      return second === undefined ? [] : [differenceOf(first, second)];
    });
  };
  for await (const batch of suspects) {
    // Two maps of this process would hold the event loop, and nothing could interrupt them.
    await nextTurn(clock);
    signal?.throwIfAborted();
    const keys = await looks.at(batch, signal);
    if (keys.length > 0) waiting.push({ keys, atMs: clock.monotonicMs() });
    count += keys.length;
    while (count > MAX_WAITING || isDue(waiting[0])) yield* await lookAgain(waiting.shift()!);
  }
  for (const seen of waiting) yield* await lookAgain(seen);

  function isDue(seen: Seen<K, V> | undefined): boolean {
    return seen !== undefined && clock.monotonicMs() >= seen.atMs + settleMs;
  }
}

function differenceOf<K, V>(first: SeenKey<K, V>, second: SeenKey<K, V>): MapDifference<K, V> {
  return {
    kind: isUnchanged(first, second) ? second.kind : "inconclusive",
    key: second.key,
    ...valueOf("old", second.old),
    ...valueOf("new", second.new),
  };
}

function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const abort = () => {
      cancel?.();
      reject(signal!.reason);
    };
    const cancel = clock.schedule(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
