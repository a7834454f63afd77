import { Buffer } from "node:buffer";
import { InputError } from "../input_error.ts";

/** A record, and the number of the line it begins on, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** No record is longer, so that memory stays bounded by a file that is no CSV, or has a quote that is never closed. */
const MAX_RECORD_BYTES = 2 ** 20;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

/**
 * Reads CSV as RFC 4180 defines it, in UTF-8, as it comes in: the records that end within a chunk, chunk by chunk.
 *
 * Lines end in CRLF or LF. Empty lines and a byte order mark are skipped. Written here because a trace must be read at
 * millions of records a second and its faults be told by their line; the packages that do the one don't do the other.
 *
 * @throws {InputError} With the number of the line, if it is not valid UTF-8, a quote is where none may be or is not
 * closed, or a record is longer than 1 MiB.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord[]> {
  const reader = new RecordReader();
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    // A line feed is never a part of another character, so this cuts between characters too.
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      yield reader.read(Buffer.concat([...begun, chunk.subarray(0, end)]));
      begun = [];
      begunBytes = 0;
    }
    begun.push(chunk.slice(end));
    begunBytes += chunk.length - end;
    reader.checkLength(begunBytes);
  }
  if (begunBytes > 0) yield reader.read(Buffer.concat([...begun, new Uint8Array([LINE_FEED])]));
  reader.end();
}

class RecordReader {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The line that the next record begins on. */
  #line = 1;
  /** The lines of a record whose quote is not closed yet. */
  #open = "";

  /** The records that end in `bytes`: whole lines. */
  read(bytes: Uint8Array): CsvRecord[] {
    const text = this.#open + this.#decode(bytes);
    const records: CsvRecord[] = [];
    let at = text.startsWith("\uFEFF") && this.#line === 1 ? 1 : 0;
    for (let next = at; next < text.length; at = next) {
      next = this.#readRecord(text, at, records);
      if (next < 0) break;
    }
    this.#open = text.slice(at);
    this.checkLength(this.#open.length);
    return records;
  }

  /** Makes sure that a record of which so much was read may still end. */
  checkLength(bytes: number): void {
    if (bytes > MAX_RECORD_BYTES) this.#refuse(`longer than ${MAX_RECORD_BYTES} bytes, or a quote is not closed`);
  }

  end(): void {
    if (this.#open !== "") this.#refuse("a quote is not closed");
  }

  /** Reads the record at `start`, and returns where the next one is; -1 if a quote is not closed in `text`. */
  #readRecord(text: string, start: number, records: CsvRecord[]): number {
    const fields: string[] = [];
    let lines = 1;
    let from = start;
    for (let at = start;; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        if (at > from) this.#refuse("a quote within a field that does not begin with one");
        const close = closingQuote(text, at);
        if (close < 0) return -1;
        const quoted = text.slice(at + 1, close);
        lines += quoted.split("\n").length - 1;
        fields.push(quoted.replaceAll('""', '"'));
        at = text.charCodeAt(close + 1) === CARRIAGE_RETURN ? close + 2 : close + 1;
        const end = text.charCodeAt(at);
        if (end !== LINE_FEED && (end !== COMMA || at > close + 1)) {
          this.#refuse("a field that goes on after its quote");
        }
      } else if (code === COMMA) {
        fields.push(text.slice(from, at));
      } else if (code === LINE_FEED) {
        const end = text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at;
        if (end > start) fields.push(text.slice(from, end));
      } else continue;
      from = at + 1;
      if (text.charCodeAt(at) === LINE_FEED) break;
    }
    if (fields.length > 0) records.push({ line: this.#line, fields });
    this.#line += lines;
    return from;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      this.#line += this.#open.split("\n").length - 1;
      for (let start = 0;;) {
        const end = bytes.indexOf(LINE_FEED, start) + 1;
        try {
          this.#decoder.decode(bytes.subarray(start, end));
        } catch {
          this.#refuse("not valid UTF-8");
        }
        start = end;
        this.#line++;
      }
    }
  }

  #refuse(reason: string): never {
    throw new InputError(`line ${this.#line}: ${reason}`);
  }
}

/** Where the quote at `open` is closed: at the next one that is not doubled. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
  return close;
}
