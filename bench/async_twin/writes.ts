/** Measures the call of `set` on a twin of a `Map` and a `RedisMap`. */
import { createClient } from "redis";
import { twin } from "../../mod.ts";
import { RedisMap } from "../../src/stores/redis.ts";
import { compared, isQuick, printRow, type Round } from "../lib/ratio.ts";
import { sessionOf } from "../stores/session.ts";
import { KEYS } from "./callers.ts";

/** The first one warms up. */
const ROUNDS = isQuick ? 1 : 200;

/** Compares with `Map.set`, and returns whether the claims hold. */
export async function compareWrites(url: string): Promise<boolean> {
  const client = await createClient({ url }).connect();
  const held: boolean[] = [];
  const kinds = [
    { kind: "a string", valueOf: (at: number): unknown => `value ${at}`, atMost: 4 },
    { kind: "an object", valueOf: (at: number): unknown => sessionOf(at) },
  ];
  for (const { kind, valueOf, ...must } of kinds) {
    const values = KEYS.map((_, at) => valueOf(at));
    const alone = new Map<string, unknown>();
    const users = twin(new Map<string, unknown>(), new RedisMap<string, unknown>(client, { prefix: `${kind}:` }), {
      mirror: "queued",
      at: { stage: "dualwrite" },
    });
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const oursNs = callNs((key, at) => void users.set(key, values[at]));
      await users.settle();
      rounds.push({ oursNs, theirsNs: callNs((key, at) => void alone.set(key, values[at])) });
    }
    held.push(
      printRow(
        { what: `the call of set with ${kind}, Map to RedisMap`, against: "Map.set alone", ...must },
        compared(rounds.slice(1)),
      ),
    );
    users.close();
  }
  client.destroy();
  return held.every(Boolean);
}

/** The time of one call of `set`. What it leaves to be done afterwards is not measured. */
function callNs(set: (key: string, at: number) => void): number {
  const startMs = performance.now();
  for (let at = 0; at < KEYS.length; at++) set(KEYS[at] as string, at);
  return (performance.now() - startMs) * 1e6 / KEYS.length;
}
