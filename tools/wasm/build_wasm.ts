/**
 * Compiles `src/shared/assembly/` into `src/shared/table_wasm.ts`: `deno task build:wasm`. With `--check` it only
 * checks that the file is up to date.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { compileTable, embedded } from "./compile_table.ts";

const target = new URL("../../src/shared/table_wasm.ts", import.meta.url);
const source = embedded(await compileTable(true), await compileTable(false));

if (!process.argv.includes("--check")) {
  writeFileSync(target, source);
} else if (readFileSync(target, "utf8") !== source) {
  console.error("src/shared/table_wasm.ts is not what src/shared/assembly/ compiles to: run `deno task build:wasm`");
  process.exitCode = 1;
}
