import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Journal } from "../../../verify/mirror/journal.ts";

const subject = (key: string) => ({ key, id: key, hash: 0 });

interface Rig {
  readonly journal: Journal<string>;
  readonly changes: [string, string][];
  /** The keys that may be copied at a time. */
  readonly due: (nowMs: number) => string[];
}

function rig(maxKeys = 10, random = 1): Rig {
  const changes: [string, string][] = [];
  const changed = ({ key }: { key: string }, state: string) => void changes.push([key, state]);
  const journal = new Journal<string>({ maxKeys, random: () => random, changed });
  return { journal, changes, due: (nowMs) => journal.due(nowMs, 10).map(({ key }) => key) };
}

describe("Journal", () => {
  it("has a key due a second later, twice as late after each failure, and after 30 seconds at most", () => {
    const { journal, due } = rig();
    let nowMs = 0;
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      journal.add(subject("a"), false, nowMs, 0, true);
      assertEquals([due(nowMs + waitMs - 1), due(nowMs + waitMs)], [[], ["a"]]);
      nowMs += waitMs;
    }
  });

  it("does not let a key wait longer because it is written again and again", () => {
    const { journal, due } = rig();
    for (let i = 0; i < 100; i++) journal.add(subject("a"), false, 0, 0, false);
    assertEquals(due(1_000), ["a"]);
  });

  it("shortens waits at random, by half at most", () => {
    const { journal, due } = rig(10, 0);
    journal.add(subject("a"), false, 0, 0, true);
    assertEquals([due(499), due(500)], [[], ["a"]]);
  });

  it("has no key due before its write can take effect no more, whatever comes afterwards", () => {
    const { journal, due } = rig();
    journal.add(subject("a"), false, 0, 10_000, false);
    journal.add(subject("a"), false, 0, 0, false);
    journal.restore(subject("a"), false, 5_000);
    assertEquals([due(9_999), due(10_000)], [[], ["a"]]);
  });

  it("keeps a key that was added while it was copied", () => {
    const { journal } = rig();
    journal.add(subject("a"), false, 0, 0, false);
    journal.add(subject("a"), false, 1_000, 0, false);
    journal.copied("a", 1_500);
    assertEquals(journal.has("a"), true);
    journal.copied("a", 2_000);
    assertEquals([journal.has("a"), journal.size], [false, 0]);
  });

  it("counts a key as lost that it has no room for", () => {
    const { journal } = rig(1);
    journal.add(subject("a"), false, 0, 0, false);
    journal.add(subject("a"), false, 0, 0, false);
    assertEquals(journal.lost, 0);
    journal.add(subject("b"), false, 0, 0, false);
    journal.restore(subject("c"), false, 0);
    assertEquals([journal.size, journal.lost], [1, 2]);
  });

  it("tells of each key that comes in or goes, once, but not of those that it restores", () => {
    const { journal, changes } = rig();
    journal.restore(subject("z"), false, 0);
    for (let i = 0; i < 3; i++) journal.add(subject("a"), false, 0, 0, false);
    journal.copied("a", 1_000);
    journal.copied("a", 1_000);
    assertEquals(changes, [["a", "in"], ["a", "gone"]]);
  });

  it("does not forget that a key is the twin's own, and tells of that once", () => {
    const { journal, changes } = rig();
    journal.restore(subject("y"), true, 0);
    journal.restore(subject("y"), false, 0);
    journal.add(subject("z"), true, 0, 0, false);
    journal.add(subject("a"), false, 0, 0, false);
    assertEquals(["a", "b", "y", "z"].map((id) => journal.isOwn(id)), [false, false, true, true]);
    for (const key of ["a", "b", "y", "z"]) journal.own(key);
    journal.add(subject("a"), false, 0, 0, true);
    assertEquals(["a", "b"].map((id) => journal.isOwn(id)), [true, false]);
    assertEquals(changes, [["z", "own"], ["a", "in"], ["a", "own"]]);
  });

  it("may hold any key until it is read", () => {
    const { journal } = rig();
    journal.isRead = false;
    assertEquals(journal.has("a"), true);
    journal.isRead = true;
    assertEquals(journal.has("a"), false);
  });
});
