import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ReportedDiff } from "@twinmap/twinmap";
import { Refusal } from "../../../verify/server/actions.ts";
import { matching, readDiffFilter } from "../../../verify/server/diff_filter.ts";

const DIFF: ReportedDiff = {
  at: "2026-01-01T12:00:00.500Z",
  kind: "value",
  operation: "get",
  key: '"k1"',
  old: "1",
  new: "2",
  paths: [],
};

/** Whether the diff is found by this query. */
function isFound(query: Record<string, string>, diff: ReportedDiff = DIFF): boolean {
  return matching([diff], readDiffFilter(query) ?? {}).length === 1;
}

describe("the filter of diffs", () => {
  it("is none if the query has no field of it", () => {
    assertEquals(readDiffFilter({}), undefined);
    assertEquals(readDiffFilter({ twin: "a", done: "stage" }), undefined);
  });

  it("finds everything by fields that a form left empty", () => {
    assertEquals(readDiffFilter({ kind: "", operation: "", key: "", from: "", to: "" }), {});
    assertEquals(isFound({ kind: "" }), true);
  });

  it("finds by kind, operation and a part of the key, and all must match", () => {
    const cases: [Record<string, string>, boolean][] = [
      [{ kind: "value" }, true],
      [{ kind: "missing" }, false],
      [{ operation: "get" }, true],
      [{ operation: "sweep" }, false],
      [{ key: "k1" }, true],
      [{ key: "k2" }, false],
      [{ kind: "value", operation: "get", key: '"k' }, true],
      [{ kind: "value", operation: "get", key: "x" }, false],
    ];
    for (const [query, found] of cases) assertEquals(isFound(query), found, JSON.stringify(query));
  });

  it("takes a time without a zone for UTC, and both ends are within, to the end of their second", () => {
    const cases: [Record<string, string>, boolean][] = [
      [{ from: "2026-01-01T12:00:00.500Z", to: "2026-01-01T12:00:00.500Z" }, true],
      [{ from: "2026-01-01T12:00:01" }, false],
      [{ from: "2026-01-01T12:00" }, true],
      [{ from: "2026-01-01T13:00:00+01:00" }, true],
      [{ to: "2026-01-01T12:00:00" }, true],
      [{ to: "2026-01-01T11:59:59" }, false],
      [{ to: "2026-01-01T12:00:00.499" }, false],
      [{ from: "2026-01-01", to: "2026-01-02" }, true],
    ];
    for (const [query, found] of cases) assertEquals(isFound(query), found, JSON.stringify(query));
  });

  it("is refused if there is no such kind, a time cannot be read, or a text is too long", () => {
    const refused: [Record<string, string>, string][] = [
      [{ kind: "constructor" }, "Cannot find diffs: kind must be one of missing, extra, value, result, error, order, "],
      [{ from: "yesterday" }, 'Cannot find diffs: from must be a time in ISO 8601: received "yesterday"'],
      [{ to: "2026-13-01T00:00" }, "Cannot find diffs: to must be a time in ISO 8601: received "],
      [{ key: "k".repeat(1_001) }, "Cannot find diffs: key must have at most 1000 characters: received "],
    ];
    for (const [query, message] of refused) {
      const error = assertThrows(() => readDiffFilter(query), Refusal, message);
      assertEquals(error.status, 400);
      assertEquals(error.message.length < 300, true);
    }
  });
});
