/** Copies `SharedMap` with an edited source into a folder of its own. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileTable, type Edit, embedded } from "../wasm/compile_table.ts";

const source = fileURLToPath(new URL("../../src", import.meta.url));

/**
 * Lets threads stop between the steps of an operation. The map starts with few slots and threads take few blocks at
 * once, so that slots are split often, and blocks move between threads.
 */
const edits: readonly Edit[] = [
  ["src/shared/assembly/words.ts", "STOPS: bool = false", "STOPS: bool = true"],
  ["src/shared/table.ts", "table: {\n", "table: {\n        stop,\n"],
  [
    "src/shared/table.ts",
    'import { CapacityError } from "./capacity_error.ts";\n',
    `import { CapacityError } from "./capacity_error.ts";\nimport { stop } from "${new URL(
      "./stop.ts",
      import.meta.url,
    )}";\n`,
  ],
  ["src/shared/assembly/block_pool.ts", "MAX_IN_HAND: u32 = 64", "MAX_IN_HAND: u32 = 4"],
  ["src/shared/assembly/block_pool.ts", "BATCH: u32 = 16", "BATCH: u32 = 2"],
  ["src/shared/table_memory.ts", "FIRST_LEVEL = 4", "FIRST_LEVEL = 1"],
];

/**
 * Writes the copy with these edits of files in `src/` and `src/shared/assembly/`, and returns the module that exports
 * its `SharedMap`. The copy is deleted when the process ends.
 *
 * @throws {Error} If a text to replace is not present exactly once, or the table cannot be compiled.
 */
export async function editedMap(more: readonly Edit[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "twinmap-soak-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(source, join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const all = [...edits, ...more];
  for (const [file, text, instead] of all.filter(([file]) => file.startsWith("src/"))) {
    const path = join(folder, file);
    const parts = readFileSync(path, "utf8").split(text);
    if (parts.length !== 2) throw new Error(`Cannot edit ${file}: the text must be present exactly once: ${text}`);
    writeFileSync(path, parts.join(instead));
  }
  const inTable = all.filter(([file]) => file.startsWith("src/shared/assembly/"))
    .map(([file, text, instead]): Edit => [file.slice("src/shared/assembly/".length), text, instead]);
  const table = await compileTable(true, inTable);
  writeFileSync(join(folder, "src/shared/table_wasm.ts"), embedded(table, table));
  return pathToFileURL(join(folder, "src/shared/shared_map.ts")).href;
}
