import { type AsyncConcurrentMap, StoreError } from "@twinmap/twinmap";
import type { Operation } from "@twinmap/twinmap/linearizability";
import type { Call } from "../../verify/linearizability/histories.ts";
import type { Pause } from "./stepped_store.ts";

type AnyMap = AsyncConcurrentMap<unknown, unknown>;
type Callback = (argument: unknown) => unknown;

/**
 * Lets clients call a map, each one call after the other, and returns the history.
 *
 * A call that was surely not applied is left out. One whose outcome is unknown never returns, and its client goes on as another one.
 *
 * @param clients The calls of each client.
 * @param mapOf Returns the map of a client.
 * @param pause Waits, within callbacks.
 * @param signalOf Returns the signal for a call.
 */
export async function recorded(
  clients: readonly (readonly Call[])[],
  mapOf: (client: number) => AnyMap,
  pause: Pause,
  signalOf: () => AbortSignal | undefined = () => undefined,
): Promise<Operation[]> {
  const history = new Set<Operation>();
  let time = 0;
  await Promise.all(clients.map(async (calls, client) => {
    let incarnation = 0;
    for (const { name, args } of calls) {
      const call = { client: `${client}.${incarnation}`, name, args, calledAt: time++ };
      history.add(call);
      try {
        const result = await callOn(mapOf(client), { name, args }, pause, signalOf());
        history.add({ ...call, result, returnedAt: time++ });
        history.delete(call);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.outcome === "not applied") history.delete(call);
        else incarnation++;
      }
    }
  }));
  return [...history];
}

function callOn(map: AnyMap, { name, args }: Call, pause: Pause, signal: AbortSignal | undefined): Promise<unknown> {
  const [key, argument] = args;
  const later = (callback: Callback): Callback => async (given) => {
    await pause();
    return callback(given);
  };
  switch (name) {
    case "add":
      return map.update(key, later((sum) => Number(sum ?? 0) + Number(argument)), { signal });
    case "update":
    case "getOrInsertComputed":
      return map[name](key, later(argument as Callback), { signal });
    default: {
      const method = map[name as keyof AnyMap] as (...args: unknown[]) => Promise<unknown>;
      return method.call(map, ...args, { signal });
    }
  }
}
