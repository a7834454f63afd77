import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { KeyVisits } from "../../../verify/stats/key_visits.ts";

const MINUTE_MS = 60_000;

function countsOf({ count, diffs, late }: KeyVisits): { count: number; diffs: number; late: number } {
  return { count, diffs, late };
}

describe("KeyVisits", () => {
  it("counts a key once a minute, however often it is compared", () => {
    const visits = new KeyVisits();
    visits.advance(0);
    for (let i = 0; i < 100; i++) visits.visit(7);
    visits.visit(8);
    assertEquals(visits.count, 2);
    visits.advance(MINUTE_MS - 1);
    visits.visit(7);
    assertEquals(visits.count, 2);
    visits.advance(MINUTE_MS);
    visits.visit(7);
    assertEquals(visits.count, 3);
  });

  it("counts a visit as a diff, or as late, if any of its comparisons was", () => {
    const visits = new KeyVisits();
    visits.advance(0);
    visits.visit(7);
    for (let i = 0; i < 100; i++) visits.find("diffs", 7);
    visits.find("late", 7);
    visits.visit(7);
    assertEquals(countsOf(visits), { count: 1, diffs: 1, late: 1 });
    visits.advance(MINUTE_MS);
    visits.find("diffs", 7);
    assertEquals(countsOf(visits), { count: 2, diffs: 2, late: 1 });
  });

  it("never counts more visits than there were, and few less", () => {
    const visits = new KeyVisits();
    const random = seededRandom(1);
    visits.advance(0);
    for (let i = 0; i < 20_000; i++) visits.visit(Math.floor(random() * 2 ** 32) | 0);
    assert(visits.count <= 20_000 && visits.count > 19_600, `${visits.count}`);
  });

  it("never counts a key twice in a minute, though the clock goes back and forth", () => {
    const step = fc.record({ key: fc.nat(5), minute: fc.nat(4) });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const visits = new KeyVisits();
      const visited = new Set<string>();
      for (const { key, minute } of steps) {
        visits.advance(minute * MINUTE_MS);
        visits.visit(key);
        visited.add(`${key} in ${minute}`);
      }
      assert(visits.count <= visited.size, `${visits.count}`);
    }));
  });

  it("counts every key with a finding in a minute at least once, though the clock goes back and forth", () => {
    const step = fc.record({ key: fc.nat(5), minute: fc.nat(4), finding: fc.constantFrom("diffs", "late") });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const visits = new KeyVisits();
      const found = { diffs: new Set<string>(), late: new Set<string>() };
      for (const { key, minute, finding } of steps) {
        visits.advance(minute * MINUTE_MS);
        visits.find(finding, key);
        found[finding].add(`${key} in ${minute}`);
      }
      assert(visits.diffs >= found.diffs.size && visits.late >= found.late.size);
      assert(visits.count >= Math.max(visits.diffs, visits.late));
    }));
  });

  it("shows no more visits a second, though the clock was set back", () => {
    const visits = new KeyVisits();
    visits.advance(10 * MINUTE_MS);
    for (let key = 0; key < 600; key++) visits.visit(key);
    visits.advance(11 * MINUTE_MS);
    assertEquals([visits.perSecond(11 * MINUTE_MS), visits.perSecond(2 * MINUTE_MS)], [10, 10]);
  });

  it("never counts fewer keys with a diff than there were, and never more of them than visits", () => {
    const visits = new KeyVisits();
    visits.advance(0);
    // Every second key shares its place in the bitmap with the one before.
    for (let i = 0; i < 10_000; i++) visits.find("diffs", (i >> 1) | (i & 1 ? 2 ** 30 : 0));
    assert(visits.diffs >= 10_000, `${visits.diffs}`);
    assert(visits.count >= visits.diffs);
  });

  it("starts again", () => {
    const visits = new KeyVisits();
    visits.advance(0);
    visits.find("diffs", 7);
    visits.restart(0);
    assertEquals(countsOf(visits), { count: 0, diffs: 0, late: 0 });
    visits.visit(7);
    assertEquals(countsOf(visits), { count: 1, diffs: 0, late: 0 });
  });

  it("knows the visits a second of the last whole minute, and none before it", () => {
    const visits = new KeyVisits();
    const compareEachSecond = (fromMs: number, toMs: number, key: (second: number) => number) => {
      for (let nowMs = fromMs; nowMs < toMs; nowMs += 1_000) {
        visits.advance(nowMs);
        for (let i = 0; i < 100; i++) visits.visit(key(nowMs / 1_000 * 100 + i));
      }
    };
    const fifty = (comparison: number) => comparison % 50;
    compareEachSecond(30_000, 2 * MINUTE_MS, fifty);
    assertEquals(visits.perSecond(2 * MINUTE_MS - 1), undefined);
    assertEquals(visits.perSecond(2 * MINUTE_MS), 50 / 60);
    compareEachSecond(2 * MINUTE_MS, 2.5 * MINUTE_MS, fifty);
    assertEquals(visits.perSecond(2.5 * MINUTE_MS), 50 / 60);
    compareEachSecond(2.5 * MINUTE_MS, 3 * MINUTE_MS, (comparison) => comparison);
    assertEquals(visits.perSecond(3 * MINUTE_MS), 3_050 / 60);
    assertEquals(visits.perSecond(9 * MINUTE_MS), 0);
    visits.restart(9 * MINUTE_MS);
    visits.visit(1);
    assertEquals(visits.perSecond(10 * MINUTE_MS - 1), undefined);
    assertEquals(visits.perSecond(10 * MINUTE_MS), 1 / 60);
  });
});
