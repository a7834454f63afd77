import { type CsvRecord, readCsv } from "./csv.ts";
import { InputError } from "../input_error.ts";
import { printable } from "../../../src/inspection/printable.ts";

/** The operations that a trace can hold. */
export type TraceOperationName = "get" | "has" | "set" | "delete";

/** One recorded operation. */
export interface TraceOperation {
  /** Its line in the trace, from 1. */
  readonly line: number;
  readonly name: TraceOperationName;
  readonly key: string;
  /** The size of the value; 0 if the trace gives none. */
  readonly sizeBytes: number;
}

const NAMES: readonly string[] = ["get", "has", "set", "delete"] satisfies TraceOperationName[];

/**
 * Reads a trace while it arrives: CSV with a header that names the columns `op`, `key` and optionally `size`, in any
 * order. Other columns are ignored.
 *
 * @throws {InputError} If a line is malformed, with its number and the reason; also if there are no operations.
 */
export async function* readTrace(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TraceOperation[]> {
  let columns: Columns | undefined;
  let isEmpty = true;
  for await (const records of readCsv(chunks)) {
    if (columns === undefined) {
      const header = records.shift();
      if (header === undefined) continue;
      columns = new Columns(header);
    }
    if (records.length === 0) continue;
    isEmpty = false;
    yield records.map(columns.read, columns);
  }
  if (columns === undefined) throw new InputError("line 1: the header is missing: the trace is empty");
  if (isEmpty) throw new InputError("the trace has no operations, so there is nothing to compare");
}

class Columns {
  readonly #count: number;
  readonly #op: number;
  readonly #key: number;
  readonly #size: number;

  constructor({ line, fields }: CsvRecord) {
    const find = (name: string): number => {
      const at = fields.indexOf(name);
      if (fields.lastIndexOf(name) !== at) throw new InputError(`line ${line}: the header must name ${name} only once`);
      return at;
    };
    this.#count = fields.length;
    this.#op = find("op");
    this.#key = find("key");
    this.#size = find("size");
    if (this.#op < 0 || this.#key < 0) {
      const received = shown(fields.join(","));
      throw new InputError(`line ${line}: the header must name the columns op and key: received ${received}`);
    }
  }

  read({ line, fields }: CsvRecord): TraceOperation {
    if (fields.length !== this.#count) {
      throw new InputError(
        `line ${line}: must have ${this.#count} fields, like the header: received ${fields.length}`,
      );
    }
    const name = fields[this.#op] ?? "";
    const key = fields[this.#key] ?? "";
    const size = fields[this.#size] ?? "";
    if (!isName(name)) {
      throw new InputError(`line ${line}: op must be one of ${NAMES.join(", ")}: received ${shown(name)}`);
    }
    if (size !== "" && !/^\d{1,15}$/.test(size)) {
      throw new InputError(`line ${line}: size must be a whole number of bytes: received ${shown(size)}`);
    }
    return { line, name, key: copied(key), sizeBytes: Number(size) };
  }
}

function isName(name: string): name is TraceOperationName {
  return NAMES.includes(name);
}

/** A copy of `text`: engines keep a substring as a view, so a key in a map would keep its whole chunk of the trace. */
function copied(text: string): string {
  return ` ${text}`.slice(1);
}

function shown(field: string): string {
  return printable(JSON.stringify(field.slice(0, 100)));
}
