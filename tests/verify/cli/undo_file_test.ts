import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { json } from "@twinmap/twinmap/json";
import fc from "fast-check";
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Codec } from "../../../src/stores/codec.ts";
import { InputError } from "../../../verify/cli/input_error.ts";
import { readUndoFile, UndoFile } from "../../../verify/cli/undo_file.ts";
import type { KeyChange } from "../../../verify/pair/pair.ts";

let folder: string;
let files = 0;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

/** The path of a file that is not there yet. */
function newPath(): string {
  return join(folder, `${files++}.undo`);
}

function recorded(changes: readonly KeyChange<unknown>[], codec?: Codec<unknown>): string {
  const path = newPath();
  using file = new UndoFile(path, "the map", codec);
  for (const change of changes) file.add(change);
  return path;
}

function read(path: string, map = "the map", codec?: Codec<unknown>): Promise<KeyChange<unknown>[]> {
  return Array.fromAsync(readUndoFile(path, map, codec));
}

const CHANGE = { key: "a", side: "new", before: undefined, after: { value: 1, expiresAtMs: Infinity } } as const;

describe("UndoFile", () => {
  it("gives back each key, value and time as it was", async () => {
    const keys = fc.oneof(fc.string({ unit: "binary" }), fc.integer(), fc.uint8Array());
    const values = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom<unknown>(undefined, -0, NaN, new Map([["a", new Date(0)]]), new Set([1n]), "\n\u2028\r"),
      fc.array(fc.record({ at: fc.double() })),
    );
    const times = fc.constantFrom(undefined, Infinity, 1.5);
    const entries = fc.option(fc.record({ value: values, expiresAtMs: times }), { nil: undefined });
    const change = fc.record({ key: keys, side: fc.constant("new" as const), before: entries, after: entries });
    await fc.assert(
      fc.asyncProperty(fc.array(change), async (changes) => assertEquals(await read(recorded(changes)), changes)),
      { numRuns: 100 },
    );
  });

  it("keeps values as the codec of the map does", async () => {
    const path = recorded([CHANGE], json as Codec<unknown>);
    assertEquals((await readFile(path, "utf8")).split("\n").length, 3);
    assertEquals(await read(path, "the map", json as Codec<unknown>), [CHANGE]);
    const cannot = { form: "text", encode: () => "", decode: () => JSON.parse("") } as unknown as Codec<unknown>;
    const { message } = await assertRejects(() => read(path, "the map", cannot), InputError);
    assertEquals(message, `Cannot read ${path}: line 2 is no change`);
  });

  it("is for its owner alone", { ignore: process.platform === "win32" }, async () => {
    assertEquals((await stat(recorded([]))).mode & 0o777, 0o600);
  });

  it("never replaces a file", async () => {
    const path = recorded([CHANGE]);
    assertThrows(() => new UndoFile(path, "the map", undefined), InputError, `Cannot write the undo file ${path}: `);
    assertEquals(await read(path), [CHANGE]);
  });

  it("refuses a value that cannot be recorded, and records the next one", async () => {
    const path = newPath();
    {
      using file = new UndoFile(path, "the map", undefined);
      assertThrows(() => file.add({ ...CHANGE, before: { value: () => {} } }), TypeError, "function");
      file.add(CHANGE);
    }
    assertEquals(await read(path), [CHANGE]);
  });
});

describe("readUndoFile()", () => {
  it("leaves out a last line that was not written to its end", async () => {
    const path = recorded([CHANGE]);
    await appendFile(path, '[{"key":1,');
    assertEquals(await read(path), [CHANGE]);
  });

  it("refuses a file that is none, is missing, or is of another map", async () => {
    const path = recorded([CHANGE]);
    for (const text of ["", "no undo file\n", "{}\n", "null\n", '{"format":"twinmap undo 1"']) {
      const other = newPath();
      await writeFile(other, text);
      await assertRejects(() => read(other), InputError, `Cannot read ${other}: it is not an undo file`);
    }
    await assertRejects(() => read(newPath()), InputError, "ENOENT");
    const refused = `Cannot take back ${path} in another map: its changes are of the map`;
    await assertRejects(() => read(path, "another map"), InputError, refused);
    await appendFile(path, "no change\n");
    await assertRejects(() => read(path), InputError, `Cannot read ${path}: line 3 is no change`);
  });
});
