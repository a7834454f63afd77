import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { diffTable, type FoundDiff } from "../../../verify/server/diff_table.ts";

const DIFF: FoundDiff = {
  twin: "users",
  at: "2026-01-01T12:00:00.000Z",
  kind: "value",
  operation: "get",
  key: "k",
  old: "1",
  new: "2",
  paths: [],
};
const HEADER = `"twin","at","kind","operation","key","where","old","new"\r\n`;

/** The cells of a CSV text, by RFC 4180. */
function cellsOf(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"(?:,|\r\n)/g)].map(([, cell]) => (cell as string).replaceAll('""', '"'));
}

describe("diffs as CSV", () => {
  it("are a line for each place at which two values differ", () => {
    const paths = [{ path: ".a", old: "1", new: "absent" }, { path: ".b[0]", old: '"x"', new: "3" }];
    assertEquals(
      diffTable([DIFF, { ...DIFF, paths }]),
      HEADER + `"users","2026-01-01T12:00:00.000Z","value","get","k","","1","2"\r\n` +
        `"users","2026-01-01T12:00:00.000Z","value","get","k",".a","1","absent"\r\n` +
        `"users","2026-01-01T12:00:00.000Z","value","get","k",".b[0]","""x""","3"\r\n`,
    );
    assertEquals(diffTable([]), HEADER);
  });

  it("have no cell that a spreadsheet takes for a formula", () => {
    for (
      const text of [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n=1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠A",
      ]
    ) {
      assertEquals(cellsOf(diffTable([{ ...DIFF, key: text }]))[12], `'${text}`, JSON.stringify(text));
    }
    for (const text of ["1", "a=1", "{n: -1}", '"=1"', ""]) {
      assertEquals(cellsOf(diffTable([{ ...DIFF, key: text }]))[12], text);
    }
  });

  it("hold any text, in as many cells as columns", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      const cells = cellsOf(diffTable([{ ...DIFF, twin: text, key: text, old: text, new: text }]));
      assertEquals(cells.length, 16);
      for (const at of [8, 12, 14, 15]) assertEquals(cells[at]?.replace(/^'/, ""), text.replace(/^'/, ""));
      assertEquals(cells.slice(8).some((cell) => /^[=+\-@\t\r]/.test(cell)), false);
    }));
  });
});
