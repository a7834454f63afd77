import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "../input_error.ts";

/**
 * Reads the bytes of a trace while they arrive, and unpacks them if they are gzipped, whatever the file is called.
 *
 * @param path The file, or `-` for `stdin`.
 * @throws {InputError} If the trace cannot be read, or its gzipped data are damaged or incomplete.
 */
export async function* readTraceBytes(path: string, stdin: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { isPacked, chunks } = await lookInto(read(path, stdin));
  if (!isPacked) return yield* chunks;
  const gunzip = createGunzip();
  // An error anywhere in the pipeline is thrown to the reader of its last stream.
  pipeline(Readable.from(chunks), gunzip, () => {});
  try {
    yield* gunzip;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot unpack ${nameOf(path)}: ${reasonOf(error)}`, { cause: error });
  }
}

async function* read(path: string, stdin: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (path === "-") return yield* stdin;
    if ((await stat(path)).isDirectory()) throw new Error("it is a directory");
    yield* createReadStream(path);
  } catch (error) {
    throw new InputError(`Cannot read ${nameOf(path)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Checks the first two bytes for the mark of gzip. A pipe can deliver them one at a time. */
async function lookInto(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ isPacked: boolean; chunks: AsyncIterable<Uint8Array> }> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  const begin: number[] = [];
  while (begin.length < 2) {
    const { done, value } = await rest.next();
    if (done) break;
    first.push(value);
    begin.push(...value.subarray(0, 2));
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      yield* { [Symbol.asyncIterator]: () => rest };
    } finally {
      await rest.return?.();
    }
  }
  return { isPacked: begin[0] === 0x1f && begin[1] === 0x8b, chunks: all() };
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : path;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && error.code === "ENOENT" ? "there is no such file" : error.message;
}
