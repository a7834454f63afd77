import type { Argument } from "./client.ts";
import type { Connection, Send } from "./connection.ts";

const SLOTS = 16_384;

/** A walk has not seen all keys: a server was replaced or restarted meanwhile, or slots were moved. */
export class IncompleteScanError extends Error {}

/**
 * All elements that are present throughout, over all servers, in pages.
 *
 * @param scan Sends the command that goes on from a cursor.
 * @throws {IncompleteScanError} At the end, if some may be missing.
 */
export async function* scanAll<Item = Uint8Array>(
  connection: Connection,
  scan: (send: Send, cursor: Argument) => Promise<unknown>,
): AsyncGenerator<Item[]> {
  const before = await stateOf(connection);
  for (const send of await connection.masters()) yield* scanOne<Item>((cursor) => scan(send, cursor));
  checkComplete(before, await stateOf(connection));
}

/** All elements of one server, or of one key, in pages. */
export async function* scanOne<Item = Uint8Array>(
  scan: (cursor: Argument) => Promise<unknown>,
): AsyncGenerator<Item[]> {
  let cursor: Argument = "0";
  do {
    const [next, page] = await scan(cursor) as [Uint8Array, Item[]];
    cursor = textOf(next);
    if (page.length > 0) yield page;
  } while (cursor !== "0");
}

/** A cursor means nothing to another server, nor to the same one after a restart. */
export function checkComplete(before: string, after: string): void {
  if (before !== after) throw new IncompleteScanError();
}

/** What names the run of a server. `reply` is what `INFO server` answers. */
export function runOf(reply: unknown): string {
  return /^run_id:(\w+)/m.exec(textOf(reply as Uint8Array))?.[1] ?? "";
}

/** The runs of all servers, and the slots that they have. */
async function stateOf({ isCluster, masters }: Connection): Promise<string> {
  const states = await Promise.all((await masters()).map(async (send) => {
    const run = runOf(await send(["INFO", "server"]));
    return { run, slots: isCluster ? slotsOf(await send(["CLUSTER", "NODES"])) : [`0-${SLOTS - 1}`] };
  }));
  const count = states.flatMap(({ slots }) => slots).reduce((sum, slots) => sum + lengthOf(slots), 0);
  if (count !== SLOTS) throw new IncompleteScanError();
  return states.map(({ run, slots }) => `${run} ${slots}`).sort().join("\n");
}

/** The ranges of slots of the server that has answered, such as `0-5460`. */
function slotsOf(nodes: unknown): string[] {
  const own = textOf(nodes as Uint8Array).split("\n").find((line) => line.includes("myself")) ?? "";
  return own.split(" ").slice(8);
}

/** How many slots are in a range; none if it is a slot that is being moved, such as `[93->-c4b5]`. */
function lengthOf(range: string): number {
  if (range.startsWith("[")) return NaN;
  const [first = 0, last = first] = range.split("-").map(Number);
  return last - first + 1;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
