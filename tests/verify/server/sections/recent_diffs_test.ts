import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ReportedDiff, twin } from "@twinmap/twinmap";
import { recentDiffs } from "../../../../verify/server/sections/recent_diffs.ts";

const DIFF: ReportedDiff = {
  at: "2026-01-01T12:34:56.000Z",
  kind: "result",
  operation: "delete",
  key: "k",
  old: "true",
  new: "false",
  paths: [],
};

/** The section for these diffs, as text. */
function textOf(recent: ReportedDiff[]): string {
  const html = String(recentDiffs({ ...twin(new Map(), new Map()).report(), recent }, "t"));
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

describe("recentDiffs()", () => {
  it("says what differs as a whole: the value, the answer, or the key visited", () => {
    assertStringIncludes(textOf([DIFF]), "result at delete 12:34:56 UTC k Where Old New the answer true false");
    assertStringIncludes(textOf([{ ...DIFF, kind: "missing", new: "absent" }]), "the value true absent");
    assertStringIncludes(textOf([{ ...DIFF, kind: "order", old: "a", new: "b" }]), "the key visited a b");
  });

  it("sums up the places of more diffs than it shows", () => {
    const paths = [{ path: "[3][7].name", old: "1", new: "2" }];
    const text = textOf([...Array(11).fill(DIFF), { ...DIFF, kind: "value", paths }]);
    assertStringIncludes(text, "Of the last 12: 11 × result , 1 × value at [*][*].name .");
    assertEquals(text.match(/the answer/g)?.length, 10);
  });
});
