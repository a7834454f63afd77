/**
 * Measures what a twin of two stores costs its callers, over two Redis servers of its own: `deno task bench:async-twin`, on the
 * runtime that runs it. Exits with 1 if a claim does not hold.
 *
 * @module
 */
import process from "node:process";
import { redisIsInstalled, startRedis } from "../../tests/servers/redis.ts";
import { printHeading } from "../lib/ratio.ts";
import { compareReads } from "./reads.ts";
import { compareStopped } from "./stopped.ts";
import { compareWrites } from "./writes.ts";

if (!redisIsInstalled) {
  console.log("The twin of two stores: skipped, since Redis is not installed");
  process.exit(0);
}

let holds = false;
{
  await using oldServer = await startRedis({ appendonly: "no" });
  await using newServer = await startRedis({ appendonly: "no" });
  printHeading();
  const held = [
    await compareWrites(newServer.url),
    await compareReads(oldServer.url, newServer.url),
    await compareStopped(oldServer.url, newServer),
  ];
  holds = held.every(Boolean);
}
process.exit(holds ? 0 : 1);
