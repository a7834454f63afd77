/**
 * Compiles `src/shared/assembly/table.ts` from AssemblyScript to WebAssembly.
 *
 * @module
 */
import { main } from "assemblyscript/asc";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../src/shared/assembly/", import.meta.url));
const wasm = "table.wasm";

/** An edit of the source: the file in `src/shared/assembly/`, a text in it, and the text to replace it with. */
export type Edit = readonly [file: string, text: string, instead: string];

/**
 * Returns the compiled module, for shared memory or for the memory of one thread.
 *
 * @throws {Error} If the source does not compile, or a text to replace is not present exactly once.
 */
export async function compileTable(shared: boolean, edits: readonly Edit[] = []): Promise<Uint8Array> {
  const all: readonly Edit[] = shared
    ? edits
    : [["layout.ts", "SHARED: bool = true", "SHARED: bool = false"], ...edits];
  for (const [file, text] of all) {
    if (readFileSync(folder + file, "utf8").split(text).length !== 2) {
      throw new Error(`Cannot edit src/shared/assembly/${file}: the text must be present exactly once: ${text}`);
    }
  }
  const read = (name: string) => {
    try {
      const source = readFileSync(folder + name, "utf8");
      return all.reduce(
        (edited, [file, text, instead]) => file === name ? edited.replace(text, () => instead) : edited,
        source,
      );
    } catch {
      // The compiler looks for a file in several folders.
      return null;
    }
  };
  let compiled: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      ...["table.ts", "--outFile", wasm, "--runtime", "stub", "-O3", "--converge", "--noAssert", "--importMemory"],
      ...["--initialMemory", "1", "--maximumMemory", "65536", "--memoryBase", "0", "--enable", "threads,bulk-memory"],
      ...shared ? ["--sharedMemory"] : [],
    ],
    {
      readFile: read,
      writeFile: (name: string, contents: string | Uint8Array) => {
        if (name === wasm) compiled = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || compiled === undefined) {
    throw new Error(`Cannot compile src/shared/assembly/table.ts: ${stderr}`);
  }
  return compiled;
}

/** Returns the source of the module `src/shared/table_wasm.ts`, with the code embedded. */
export function embedded(sharedTable: Uint8Array, unsharedTable: Uint8Array): string {
  const lines = [sharedTable, unsharedTable].map((code) =>
    Buffer.from(code).toString("base64").match(/.{1,110}/g) ?? []
  );
  const text = (of: readonly string[]) => of.map((line) => `  "${line}"`).join(" +\n");
  return [
    "// Compiled from src/shared/assembly/ by `deno task build:wasm`.",
    `/** The table in shared memory. */\nexport const SHARED_TABLE: string =\n${text(lines[0] ?? [])};`,
    `/** The table in memory of one thread. */\nexport const UNSHARED_TABLE: string =\n${text(lines[1] ?? [])};\n`,
  ].join("\n");
}
