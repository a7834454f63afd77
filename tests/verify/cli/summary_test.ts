import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ReportedDiff, twin, type TwinReport } from "@twinmap/twinmap";
import { type Replayed, summarize } from "../../../verify/cli/summary.ts";

const replayed: Replayed = { oldMap: "native", newMap: "./mine.ts", operations: 1_234_567, seconds: 2, reveal: true };

/** The summary of the report of a new twin at `shadow`, with `changes`. */
function summaryOf(changes: Partial<TwinReport>, reveal = true): string {
  const users = twin(new Map(), new Map());
  users.stage("dualwrite");
  users.stage("shadow");
  return summarize({ ...replayed, reveal }, { ...users.report(), ...changes });
}

const diff: ReportedDiff = { at: "", kind: "extra", operation: "get", key: "k", old: "absent", new: "1", paths: [] };

describe("summarize()", () => {
  it("gives the number of operations, the speed and the maps", () => {
    assertMatch(
      summaryOf({}),
      /^Replayed {3}1,234,567 operations in 2.0 s \(617,000\/s\) at shadow\nMaps {7}native \(old\), \.\/mine\.ts \(new\)$/m,
    );
  });

  it("starts with the verdict", () => {
    assertMatch(summaryOf({}), /^Nothing was compared\n/);
    assertMatch(summaryOf({ compared: 1, comparedKeys: 1 }), /^No diff in 1 comparison of about 1 key\n/);
    assertMatch(summaryOf({ compared: 9, diffs: 1, comparedKeys: 3 }), /^1 diff in 9 comparisons of about 3 keys\n/);
  });

  it("includes late, inconclusive and dropped comparisons", () => {
    assertStringIncludes(
      summaryOf({ compared: 10, matched: 5, diffs: 3, late: 2, inconclusive: 1_000, dropped: 4 }),
      "\nCompared   5 matched, 3 diffs, 2 late, 1,000 inconclusive, 4 dropped\n",
    );
  });

  it("counts evicted and ignored keys, if there are any", () => {
    assertStringIncludes(
      summaryOf({ compared: 1, matched: 1, evicted: 3, ignored: 4 }),
      "\nCompared   1 matched, 0 diffs, 0 late, 0 inconclusive, 0 dropped, 3 evicted, 4 ignored\n",
    );
  });

  it("says how far the diff rate is from being certified", () => {
    const { gate } = twin(new Map(), new Map()).report();
    const certification = { ...gate.certification, visits: 1_200_000, visitsPerSecond: 2_000, leastMs: 1_400_000 };
    assertMatch(
      summaryOf({ gate: { ...gate, certification: { ...certification, certifiedInAnHour: 5e-7 } } }),
      /^To certify 1\.2 M of 4\.4 M key visits, about 24 minutes at the present rate$/m,
    );
  });

  it("gives the bound of the true rate", () => {
    const rate = (diffRate: number, diffRateUpper: number) =>
      /^Diff rate {2}(.*)$/m.exec(summaryOf({ compared: 10, diffRate, diffRateUpper }))?.[1];
    assertEquals(rate(0, 1 / 1_900_000), "0 %; the true rate is below 1 in 1,900,000 (95 % confidence)");
    assertEquals(rate(0.25, 0.5), "25 %; the true rate is at most 50 % (95 % confidence)");
    assertEquals(rate(1, 1), "100 %");
  });

  it("gives the outcome of the sweep", () => {
    const sweep = {
      state: "done",
      done: 20,
      total: 20,
      perSecond: 100,
      leftMs: null,
      diffs: 0,
      late: 0,
      inconclusive: 0,
      evicted: 0,
      ignored: 0,
      clean: true,
    } as const;
    const swept = (changes: Partial<TwinReport["sweep"]>) =>
      /^Sweep {6}(.*)$/m.exec(summaryOf({ sweep: { ...sweep, ...changes } }))?.[1];
    assertEquals(swept({}), "clean, over all entries of both maps (20)");
    assertEquals(swept({ diffs: 1, clean: false }), "1 diff, over all entries of both maps (20)");
    assertEquals(
      swept({ diffs: 2, inconclusive: 3, clean: false }),
      "2 diffs, 3 inconclusive, over all entries of both maps (20)",
    );
    assertEquals(swept({ late: 4, clean: false }), "4 late, over all entries of both maps (20)");
    assertEquals(swept({ ignored: 3 }), "clean, 3 ignored, over all entries of both maps (20)");
    assertEquals(swept({ evicted: 2 }), "clean, 2 evicted, over all entries of both maps (20)");
    assertEquals(
      swept({ done: 0, total: 0 }),
      "clean, but both maps are empty (--on-miss load fills them as a cache does)",
    );
    assertEquals(swept({ state: "aborted", clean: null }), "aborted: a map threw");
  });

  it("counts diffs by kind, without kinds that did not occur", () => {
    const byKind = { missing: 0, extra: 2, value: 0, result: 1_000, error: 0, order: 0, expiry: 0, aliased: 0 };
    assertStringIncludes(
      summaryOf({ compared: 2_000, diffs: 1_002, diffKeys: 1, byKind }),
      "\nDiffs      2 extra, 1,000 result, of about 1 key\n",
    );
  });

  it("lists the last few diffs, and the paths at which two values differ", () => {
    const paths = [{ path: ".a[0]", old: "1", new: "absent" }];
    const value: ReportedDiff = { ...diff, kind: "value", key: '"x"', old: "{a: [1]}", new: "{a: []}", paths };
    const summary = summaryOf({ compared: 9, diffs: 9, recent: [value, ...Array(8).fill(diff)] });
    assertStringIncludes(
      summary,
      [
        "The last diffs, newest first:",
        "",
        '  value of "x" by get',
        "    old  {a: [1]}",
        "    new  {a: []}",
        "    at .a[0]: old 1, new absent",
        "",
        "  extra of k by get",
        "    old  absent",
        "    new  1",
        "",
      ].join("\n"),
    );
    assertEquals(summary.match(/ of .+ by get/g)?.length, 5);
  });

  it("mentions --reveal if keys and values are not shown", () => {
    const recent = [diff];
    assertStringIncludes(summaryOf({ recent }, false), "newest first (--reveal shows keys and values):\n");
    assertStringIncludes(summaryOf({ recent }, true), "newest first:\n");
  });

  it("writes terminal escapes in the names of the maps as text", () => {
    const users = twin(new Map(), new Map());
    const summary = summarize({ ...replayed, oldMap: "\x1bold", newMap: "\x1bnew" }, users.report());
    assertStringIncludes(summary, "\nMaps       \\u{1b}old (old), \\u{1b}new (new)\n");
  });

  it("writes terminal escapes in what a trace holds as text", () => {
    const paths = [{ path: "\x1bp", old: "\x1bo", new: "\x1bn" }];
    const recent = [{ ...diff, key: "\x1bk", old: "\x1bv", new: "\x1bw", paths }];
    const summary = summaryOf({ compared: 1, diffs: 1, recent });
    assertEquals(summary.includes("\x1b"), false);
    assertEquals(summary.match(/\\u\{1b\}[kvwpon]/g)?.length, 6);
  });
});
