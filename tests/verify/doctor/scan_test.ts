import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StoreError, systemClock, type Traits } from "@twinmap/twinmap";
import { Scan } from "../../../verify/doctor/scan.ts";
import { declaring, DeclaringMap, examined, partlyReadable, UNREADABLE } from "./examined.ts";

/** A map of so many entries, whose walk then throws `error` if there is one. */
const counting = (length: number, error?: unknown) =>
  examined(
    new DeclaringMap({}, async function* () {
      for (let at = 0; at < length; at++) yield [at, at];
      if (error !== undefined) throw error;
    }),
  );

const never = new AbortController().signal;

async function scanned(length: number, traits: Partial<Traits>, error?: unknown): Promise<Scan> {
  const scan = new Scan(counting(length, error), declaring(traits), false);
  await scan.run(never);
  return scan;
}

describe("Scan", () => {
  it("counts the entries, and keeps fifty keys", async () => {
    const scan = await scanned(3_000, {});
    assertEquals([scan.entries, scan.isComplete, scan.findings()], [3_000, true, []]);
    assertEquals(scan.samples, [...Array(50).keys()]);
  });

  it("finds a new map too small only if it holds fewer entries", async () => {
    assertEquals((await scanned(1_500, { maxEntries: 1_500 })).findings(), []);
    assertEquals(
      (await scanned(1_501, { maxEntries: 1_500 })).findings().map(({ check, level, text }) => [check, level, text]),
      [["entries", "problem", "The old map has 1,501 entries, and the new one holds 1,500 at most."]],
    );
  });

  it("counts what the new map refuses, and notes what it cannot know", async () => {
    assertEquals((await scanned(3, { values: "copy", keys: "strings and integers" })).findings().length, 1);
    const scan = new Scan(
      examined(
        new DeclaringMap({}, async function* () {
          yield* [["a", 1], [1, "b"], [2, "c"]] as [unknown, unknown][];
        }),
      ),
      declaring({ keys: "integers", values: "numbers" }),
      false,
    );
    await scan.run(never);
    assertEquals(scan.findings().map(({ text }) => text.slice(0, 8)), ["2 values", "1 key is"]);
  });

  it("counts each entry once, also where some values cannot be read", async () => {
    const entries = new Map<unknown, unknown>([["a", 1], ["b", "x"], ["c", UNREADABLE], ["d", "y"]]);
    const [old, next] = [examined(partlyReadable(entries)), declaring({ values: "numbers" })];
    const scan = new Scan(old, next, false);
    await scan.run(never);
    assertEquals(scan.findings().map(({ text }) => text), [
      "1 of 4 values of the old map cannot be read with its codec.",
      "2 values are no number, and the new map takes numbers only.",
    ]);
    assertEquals([scan.entries, scan.isComplete, scan.samples], [4, true, ["a", "b", "d"]]);
  });

  it("reads the new map, too, if it exists", async () => {
    const entries = new Map<unknown, unknown>([["a", 1], ["b", UNREADABLE]]);
    const found = async (exists: boolean) => {
      const scan = new Scan(declaring({}), examined(partlyReadable(entries), { exists }), false);
      await scan.run(never);
      return [scan.newEntries, ...scan.findings().map(({ text }) => text)];
    };
    assertEquals(await found(true), [2, "1 of 2 values of the new map cannot be read with its codec."]);
    assertEquals(await found(false), [0]);
  });

  it("takes a store that fails for a finding, and any other error for its own", async () => {
    const details = { store: "S", operation: "entries", outcome: "not applied", retryable: true } as const;
    const scan = await scanned(2, {}, new StoreError("it is down", details));
    assertEquals([scan.entries, scan.isComplete], [2, false]);
    const [finding] = scan.findings();
    assertEquals([finding?.check, finding?.level], ["entries", "problem"]);
    assertEquals(finding?.text, "The old map cannot be read to its end: Cannot complete entries() of S: it is down.");
    const other = new TypeError("a fault");
    assertStrictEquals(await assertRejects(() => scanned(2, {}, other)), other);
  });

  it("gives way to others after a thousand entries, and ends when it is aborted", async () => {
    const interrupt = new AbortController();
    const clock = {
      ...systemClock,
      schedule: (task: () => void) => {
        interrupt.abort(new Error("enough"));
        task();
        return () => {};
      },
    };
    const deaf = counting(5_000);
    Object.assign(deaf.map, { entries: () => counting(5_000).map.entries() });
    const scan = new Scan(deaf, declaring({}), false, clock);
    await assertRejects(() => scan.run(interrupt.signal), Error, "enough");
    assertEquals(scan.entries, 1_000);
  });
});
