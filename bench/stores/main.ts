/**
 * Measures the maps over stores against the bare clients with the same codec: `deno task bench:stores`, on the runtime that runs
 * it. Exits with 1 if a claim does not hold.
 *
 * @module
 */
import process from "node:process";
import { printHeading } from "../lib/ratio.ts";
import { measureDiff } from "./diff.ts";
import { compareRedis } from "./redis.ts";
import { compareSqlite } from "./sqlite.ts";
import { compareUnstorage } from "./unstorage.ts";

printHeading();
const held = [await compareSqlite(), await compareRedis(), await compareUnstorage(), await measureDiff()];
process.exit(held.every(Boolean) ? 0 : 1);
