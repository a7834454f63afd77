/**
 * Measures one part and writes the result to a file: `deno run -A bench/maps/measure_part.ts PART FILE`, where the part
 * is JSON. Standard output and error are left to the runtime's log of the garbage collector.
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { measureClaim } from "./claims.ts";
import { contenderNamed } from "./contenders.ts";
import { measureGrowth } from "./growth.ts";
import type { Part } from "./plan.ts";
import { measureSpeed } from "./speed.ts";

const { deno, bun, node, v8, webkit } = process.versions;
const runtime = deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
const engine = bun ? `JavaScriptCore ${webkit?.slice(0, 7)}` : `V8 ${v8}`;
const [json = "", file = ""] = process.argv.slice(2);
const part: Part = JSON.parse(json);
writeFileSync(file, JSON.stringify(await measure()));

function measure(): unknown {
  if (part.part === "runtime") return { runtime, engine };
  if (part.part === "claim") return measureClaim(part.place);
  const contender = contenderNamed(part.contender);
  if (part.part === "growth") return measureGrowth(contender, part.keys, part.entries);
  return measureSpeed(contender, part.keys, part.entries, part.timing);
}
