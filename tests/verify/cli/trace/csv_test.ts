import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type CsvRecord, readCsv } from "../../../../verify/cli/trace/csv.ts";
import { InputError } from "../../../../verify/cli/input_error.ts";
import { anyCharacter } from "../../../any_character.ts";

const encoder = new TextEncoder();

/** The records in `chunks`. */
async function read(...chunks: (string | Uint8Array)[]): Promise<CsvRecord[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
  }
  const records: CsvRecord[] = [];
  for await (const some of readCsv(bytes())) records.push(...some);
  return records;
}

async function fieldsOf(text: string): Promise<(readonly string[])[]> {
  return (await read(text)).map(({ fields }) => fields);
}

/** The message of the error that `chunks` cause. */
async function refusalOf(...chunks: (string | Uint8Array)[]): Promise<string> {
  return (await assertRejects(() => read(...chunks), InputError)).message;
}

describe("readCsv()", () => {
  it("reads lines of fields, and the line number of each record", async () => {
    assertEquals(await read("a,b\n1,2\n"), [{ line: 1, fields: ["a", "b"] }, { line: 2, fields: ["1", "2"] }]);
  });

  it("reads a last line without a line end", async () => {
    assertEquals(await fieldsOf("a,b\n1,2"), [["a", "b"], ["1", "2"]]);
  });

  it("accepts CRLF as a line end, and keeps a CR inside a line", async () => {
    assertEquals(await fieldsOf("a,b\r\n1,\r2\r\n"), [["a", "b"], ["1", "\r2"]]);
  });

  it("reads empty fields", async () => {
    assertEquals(await fieldsOf(",\na,,b\n,a\na,\n"), [["", ""], ["a", "", "b"], ["", "a"], ["a", ""]]);
  });

  it("skips empty lines, but counts them", async () => {
    assertEquals(await read("\n\r\na,b\n\n\n1,2\n\n"), [
      { line: 3, fields: ["a", "b"] },
      { line: 6, fields: ["1", "2"] },
    ]);
  });

  it("skips a byte order mark, but only at the start", async () => {
    assertEquals(await fieldsOf("\uFEFFa,b\n\uFEFF1,2\n"), [["a", "b"], ["\uFEFF1", "2"]]);
  });

  it("reads commas, doubled quotes and line ends in quoted fields", async () => {
    assertEquals(await read('"a,b","say ""x"""\r\n"","1\r\n2\n"\n3,4'), [
      { line: 1, fields: ["a,b", 'say "x"'] },
      { line: 2, fields: ["", "1\r\n2\n"] },
      { line: 5, fields: ["3", "4"] },
    ]);
  });

  it("reads back what was written, however the bytes are split into chunks", async () => {
    const field = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "é") }),
    );
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { maxLength: 5 });
    await fc.assert(fc.asyncProperty(table, fc.array(fc.nat(20)), async (records, sizes) => {
      const bytes = encoder.encode(records.map((fields) => `${fields.map(quoted).join(",")}\n`).join(""));
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const size of sizes) chunks.push(bytes.subarray(at, at += size));
      chunks.push(bytes.subarray(at));
      assertEquals(
        (await read(...chunks)).map(({ fields }) => fields),
        records.map((fields) => fields.map(wellFormed)),
      );
    }));
  });

  it("refuses a quote that is not closed, and gives its line", async () => {
    assertEquals(await refusalOf('a\n1\n"2\n3\n'), "line 3: a quote is not closed");
  });

  it("refuses a quote in a field that is not quoted", async () => {
    assertEquals(await refusalOf('a\n1"2"\n'), "line 2: a quote in a field that is not quoted");
  });

  it("refuses text after the closing quote of a field", async () => {
    assertEquals(await refusalOf('a\n"1"2\n'), "line 2: text after the closing quote of a field");
    assertEquals(await refusalOf('a\n"1"\r,2\n'), "line 2: text after the closing quote of a field");
  });

  it("refuses invalid UTF-8, and gives its line", async () => {
    const broken = new Uint8Array([0x31, 0x0a, 0xff, 0x0a, 0x32, 0x0a]);
    assertEquals(await refusalOf(broken), "line 2: not valid UTF-8");
    assertEquals(await refusalOf('a\n"b\n', broken), "line 4: not valid UTF-8");
    assertEquals(await refusalOf("a\n", encoder.encode("é").subarray(0, 1)), "line 2: not valid UTF-8");
  });

  it("refuses a record longer than 1 MiB, so that memory stays bounded", async () => {
    const reason = "the record is longer than 1048576 bytes, or a quote is not closed";
    const part = "x".repeat(2 ** 16 - 1);
    assertEquals((await read("a,", ...Array(16).fill(part), "\n")).length, 1);
    assertEquals(await refusalOf("a\n", ...Array(17).fill(part)), `line 2: ${reason}`);
    assertEquals(await refusalOf('a\n"', ...Array(17).fill(`${part}\n`)), `line 2: ${reason}`);
  });
});

/** `text` as UTF-8 can hold it: the encoder replaces lone surrogates. */
function wellFormed(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoder.encode(text));
}
