/**
 * Measures what it costs to observe a map, against the map alone: `deno run -A bench/hot_keys/main.ts`, or `bun
 * bench/hot_keys/main.ts`.
 *
 * @module
 */
import { seededRandom } from "../../testing/seeded_random.ts";
import { Zipf } from "../../testing/zipf.ts";
import { hotKeys, NativeMap } from "../../mod.ts";
import { batches } from "../lib/batches.ts";
import { filledMap, KEY_COUNT, shuffledKeys } from "../lib/keys.ts";
import { compare, printHeading } from "../lib/ratio.ts";

const DRAWS = 1_000_000;

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
console.log(`${runtime}, ${KEY_COUNT.toLocaleString("en")} string keys; a time is that of one operation\n`);
printHeading();

const users = NativeMap.adopt(filledMap());
const operations = { get: "sum ^= map.get(keys[i])", set: "map.set(keys[i], i)" };
for (const exponent of [1, 0]) {
  const ranks = new Zipf(KEY_COUNT, exponent, seededRandom(1));
  const draws = Array.from({ length: DRAWS }, () => shuffledKeys[ranks.next() - 1] as string);
  const keys = exponent === 0 ? "all keys alike" : "keys by Zipf's law";
  for (const [operation, body] of Object.entries(operations)) {
    for (const top of [20, 1_000]) {
      const observed = hotKeys(users, { top });
      await compare(
        { what: `${operation}, ${keys}, top ${top}`, against: "the map alone" },
        batches(observed, draws, body),
        batches(users, draws, body),
      );
    }
  }
}
