import { Buffer } from "node:buffer";
import { InputError } from "../input_error.ts";

/** A record, and the number of its first line, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The longest record: it bounds memory if a file is not CSV, or a quote is never closed. */
const MAX_RECORD_BYTES = 2 ** 20;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

/**
 * Reads CSV in UTF-8 as RFC 4180 defines it, while it arrives: for each chunk, the records that end in it.
 *
 * Lines end in CRLF or LF. Empty lines and a byte order mark are skipped. This is not a package because a trace needs
 * millions of records a second and errors with line numbers, and no package offers both.
 *
 * @throws {InputError} With the line number, if the text is not valid UTF-8, a quote is misplaced or not closed, or a
 * record is longer than 1 MiB.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord[]> {
  const reader = new RecordReader();
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    // In UTF-8 a line feed is never part of another character, so this never cuts a character.
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
  /** The first line of the next record. */
  #line = 1;
  /** The text of a record whose quote is not closed yet. */
  #open = "";

  /** Returns the records that end in `bytes`, which are whole lines. */
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

  /** Throws if an unfinished record is longer than allowed. */
  checkLength(bytes: number): void {
    if (bytes > MAX_RECORD_BYTES) {
      this.#refuse(`the record is longer than ${MAX_RECORD_BYTES} bytes, or a quote is not closed`);
    }
  }

  end(): void {
    if (this.#open !== "") this.#refuse("a quote is not closed");
  }

  /** Reads the record at `start`, and returns the start of the next one, or -1 if a quote is not closed in `text`. */
  #readRecord(text: string, start: number, records: CsvRecord[]): number {
    const fields: string[] = [];
    let lines = 1;
    let from = start;
    for (let at = start;; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        if (at > from) this.#refuse("a quote in a field that is not quoted");
        const close = closingQuote(text, at);
        if (close < 0) return -1;
        const quoted = text.slice(at + 1, close);
        lines += quoted.split("\n").length - 1;
        fields.push(quoted.replaceAll('""', '"'));
        at = text.charCodeAt(close + 1) === CARRIAGE_RETURN ? close + 2 : close + 1;
        const end = text.charCodeAt(at);
        if (end !== LINE_FEED && (end !== COMMA || at > close + 1)) {
          this.#refuse("text after the closing quote of a field");
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

/** The position of the quote that closes the one at `open`: the next that is not doubled; -1 if there is none. */
function closingQuote(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
  return close;
}
