import { assertEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { Buffer } from "node:buffer";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { InputError } from "../../../../verify/cli/input_error.ts";
import { readTraceBytes } from "../../../../verify/cli/trace/trace_bytes.ts";

let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "twinmap-"))));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function* chunks(...given: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* given;
}

async function read(path: string, stdin = chunks()): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const chunk of readTraceBytes(path, stdin)) read.push(chunk);
  return Buffer.concat(read).toString();
}

async function refusalOf(path: string, stdin = chunks()): Promise<string> {
  return (await assertRejects(() => read(path, stdin), InputError)).message;
}

describe("readTraceBytes()", () => {
  const long = "op,key\n" + "get,a\n".repeat(100_000);

  it("reads a file, plain or gzipped, whatever it is called", async () => {
    assertEquals(await read(await file("plain.gz", long)), long);
    assertEquals(await read(await file("packed.csv", gzipSync(long))), long);
  });

  it("reads a concatenation of gzipped files", async () => {
    assertEquals(
      await read(await file("parts.gz", Buffer.concat([gzipSync("op,key\n"), gzipSync("get,a\n")]))),
      "op,key\nget,a\n",
    );
  });

  it("reads stdin, plain or gzipped, even if it arrives byte by byte", async () => {
    const bytes = (all: Uint8Array) => chunks(...Array.from(all, (byte) => Uint8Array.of(byte)));
    assertEquals(await read("-", bytes(Buffer.from("op,key\nget,a\n"))), "op,key\nget,a\n");
    assertEquals(await read("-", bytes(gzipSync("op,key\nget,a\n"))), "op,key\nget,a\n");
  });

  it("reads an empty file, and a single byte", async () => {
    assertEquals(await read(await file("empty.csv", "")), "");
    assertEquals(await read("-"), "");
    assertEquals(await read(await file("one.csv", Uint8Array.of(0x1f))), "\x1f");
  });

  it("refuses a gzipped file that is truncated at any byte", async () => {
    const packed = gzipSync("op,key\nget,a\n");
    for (let length = 2; length < packed.length; length++) {
      const path = await file("cut.gz", packed.subarray(0, length));
      assertEquals((await refusalOf(path)).startsWith(`Cannot unpack ${path}: `), true);
    }
  });

  it("refuses damaged gzipped data", async () => {
    const packed = gzipSync(long);
    const path = await file("damaged.gz", packed.map((byte, at) => at === packed.length - 6 ? byte ^ 1 : byte));
    assertEquals((await refusalOf(path)).startsWith(`Cannot unpack ${path}: `), true);
  });

  it("refuses a source that fails midway, plain or gzipped", async () => {
    async function* breaking(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 20);
      throw new Error("the line is dead");
    }
    for (const bytes of [Buffer.from(long), gzipSync(long)]) {
      assertEquals(await refusalOf("-", breaking(bytes)), "Cannot read stdin: the line is dead");
    }
  });

  it("closes its source when the reader stops early", async () => {
    async function* source(bytes: Uint8Array, letGo: () => void): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield bytes;
      } finally {
        letGo();
      }
    }
    for (const bytes of [Buffer.from(long), gzipSync(long)]) {
      let letGo = () => {};
      const isFree = new Promise<void>((resolve) => letGo = resolve);
      for await (const _ of readTraceBytes("-", source(bytes, letGo))) break;
      await isFree;
    }
  });

  it("refuses a file that does not exist, and a directory", async () => {
    const path = join(folder, "nowhere.csv");
    assertEquals(await refusalOf(path), `Cannot read ${path}: there is no such file`);
    assertEquals(await refusalOf(folder), `Cannot read ${folder}: it is a directory`);
  });
});
