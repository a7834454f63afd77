import { createReadStream } from "node:fs";
import { appendFileSync, closeSync, openSync } from "node:fs";
import type { Codec } from "../../src/stores/codec.ts";
import { devalue } from "../../src/stores/devalue_codec.ts";
import type { Entry, KeyChange } from "../pair/pair.ts";
import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";

/** What the first line of each such file begins with. */
const FORMAT = "twinmap undo 1";

/** Values are of interest to their owner alone. */
const OWNER_ONLY = 0o600;

/** An entry as it is recorded: the value as the map stores it. */
interface RecordedEntry {
  readonly encoded: string | Uint8Array;
  readonly expiresAtMs: number | undefined;
}

interface RecordedChange {
  readonly key: unknown;
  readonly before: RecordedEntry | undefined;
  readonly after: RecordedEntry | undefined;
}

/**
 * Records changes of a map in a file, so that they can be taken back: the map in the first line, and then a change in each line. Each
 * is in the file before it is made.
 */
export class UndoFile implements Disposable {
  readonly #path: string;
  readonly #codec: Codec<unknown>;
  readonly #file: number;

  /**
   * Creates the file.
   *
   * @param map The map, to be shown.
   * @param codec How the map stores values.
   * @throws {InputError} If there is a file already, or it cannot be created.
   */
  constructor(path: string, map: string, codec: Codec<unknown> | undefined) {
    this.#path = path;
    this.#codec = codec ?? devalue;
    try {
      this.#file = openSync(path, "ax", OWNER_ONLY);
    } catch (error) {
      throw this.#failure(error);
    }
    this.#append(JSON.stringify({ format: FORMAT, map }));
  }

  /**
   * Records a change.
   *
   * @throws {InputError} If the file cannot be written.
   * @throws {TypeError} If a value cannot be recorded.
   */
  add({ key, before, after }: KeyChange<unknown>): void {
    const change: RecordedChange = { key, before: this.#recorded(before), after: this.#recorded(after) };
    this.#append(devalue.encode(change) as string);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #recorded(entry: Entry<unknown> | undefined): RecordedEntry | undefined {
    return entry && { encoded: this.#codec.encode(entry.value), expiresAtMs: entry.expiresAtMs };
  }

  #append(line: string): void {
    try {
      appendFileSync(this.#file, `${line}\n`);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): InputError {
    return new InputError(`Cannot write the undo file ${this.#path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Reads the changes that were recorded in a file, in the order in which they were made. A last line without an end is left out: its
 * change was not made.
 *
 * @param map The map that they must be of.
 * @param codec How the map stores values.
 * @throws {InputError} If there is no such file, it is no undo file, or it is one of another map.
 */
export async function* readUndoFile(
  path: string,
  map: string,
  codec: Codec<unknown> | undefined,
): AsyncGenerator<KeyChange<unknown>> {
  const { decode } = codec ?? devalue;
  const entryOf = (recorded: RecordedEntry | undefined) =>
    recorded && { value: decode(recorded.encoded), expiresAtMs: recorded.expiresAtMs };
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (number === 1) {
      checkHeader(line, path, map);
      continue;
    }
    let change: KeyChange<unknown>;
    try {
      const { key, before, after } = devalue.decode(line) as RecordedChange;
      change = { key, side: "new", before: entryOf(before), after: entryOf(after) };
    } catch (error) {
      throw new InputError(`Cannot read ${path}: line ${number} is no change`, { cause: error });
    }
    yield change;
  }
  if (number === 0) throw new InputError(`Cannot read ${path}: it is not an undo file`);
}

function checkHeader(line: string, path: string, map: string): void {
  let header: { readonly format?: unknown; readonly map?: unknown } | null = null;
  try {
    header = JSON.parse(line);
  } catch {
    // It is refused below.
  }
  if (header?.format !== FORMAT) throw new InputError(`Cannot read ${path}: it is not an undo file`);
  if (header.map === map) return;
  throw new InputError(`Cannot take back ${path} in ${map}: its changes are of ${header.map}`);
}

/** The lines of a file that have an end. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const text of createReadStream(path, "utf8")) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      yield* lines;
    }
  } catch (error) {
    throw new InputError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
