/**
 * Measures a `SharedMap` against the packages that share a map between threads, and against `Map`, in one run: `deno
 * task bench:shared`, or `bun bench/shared/main.ts`. Exits with 1 if a claim does not hold. The rows from "the same
 * with a Map" on have no claim.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { KEY_COUNT } from "../lib/keys.ts";
import { printHeading } from "../lib/ratio.ts";
import { ROWS } from "./rows.ts";

const row = ROWS[Number(process.argv[2] ?? NaN)];
if (row !== undefined) process.exit(await row() ? 0 : 1);

const runtime = "Deno" in globalThis ? "Deno" : "Bun" in globalThis ? "Bun" : "Node";
const keys = `${KEY_COUNT.toLocaleString("en")} string keys of 13 characters with strings for values`;
console.log(`${runtime}, ${keys}; a time is that of one operation\n`);
printHeading();
const here = [...(runtime === "Deno" ? ["run", "-A"] : []), fileURLToPath(import.meta.url)];
const statuses = ROWS.map((_, row) =>
  spawnSync(process.execPath, [...here, `${row}`, ...process.argv.slice(2)], { stdio: "inherit" }).status
);
process.exit(statuses.every((status) => status === 0) ? 0 : 1);
