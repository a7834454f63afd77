import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ReportedDiff, twin } from "@twinmap/twinmap";
import type { DiffFilter } from "../../../../verify/server/diff_filter.ts";
import { findDiffs } from "../../../../verify/server/sections/find_diffs.ts";

const DIFF: ReportedDiff = {
  at: "2026-01-01T12:34:56.000Z",
  kind: "value",
  operation: "get",
  key: "<k>",
  old: "1",
  new: "2",
  paths: [],
};

function sectionOf(recent: ReportedDiff[], filter?: DiffFilter): string {
  return String(findDiffs({ ...twin(new Map(), new Map(), { name: "a&b" }).report(), recent }, "t", filter));
}

describe("the form that finds diffs", () => {
  it("is closed until something is asked for, and links to all of the last diffs", () => {
    const text = sectionOf([DIFF]);
    assertMatch(text, /<details\s*>/);
    assertStringIncludes(text, `href="?show=diffs&amp;format=csv&amp;twin=a%26b"`);
    assert(!text.includes("&lt;k&gt;"));
  });

  it("shows what was found, keeps what was asked for, and links to the same", () => {
    const recent = [DIFF, { ...DIFF, kind: "missing" as const, operation: "sweep" }];
    const text = sectionOf(recent, { kind: "value", key: '"><', from: "2026-01-01T00:00:00Z" });
    assertMatch(text, /<details\s+open\s*>/);
    assertMatch(text, /<option value="value"\s+selected\s*>/);
    assertStringIncludes(text, `name="key" value="&quot;&gt;&lt;"`);
    assertStringIncludes(text, `value="2026-01-01T00:00:00"`);
    assertStringIncludes(text, "0 of the last 2\u00a0diffs.");
    assertStringIncludes(sectionOf(recent, { operation: "get" }), "1 of the last 2\u00a0diffs.");
    assertStringIncludes(sectionOf(recent, { operation: "get" }), "<code>&lt;k&gt;</code>");
    assertStringIncludes(sectionOf(recent, { operation: "get" }), "format=json&amp;twin=a%26b&amp;operation=get");
  });

  it("offers the operations that found a diff", () => {
    const text = sectionOf([DIFF, DIFF, { ...DIFF, operation: "sweep" }], { operation: "delete" });
    const operations = [...text.matchAll(/<option value="(delete|get|sweep)"/g)].map(([, operation]) => operation);
    assertEquals(operations, ["delete", "get", "sweep"]);
  });

  it("shows 50 at most", () => {
    const text = sectionOf(Array(60).fill(DIFF), {});
    assertEquals(text.match(/<code>&lt;k&gt;<\/code>/g)?.length, 50);
    assertStringIncludes(text, "60 of the last 60\u00a0diffs. Here are the newest 50.");
  });
});
