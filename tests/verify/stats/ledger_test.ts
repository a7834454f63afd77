import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin, type TwinOptions } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";

const OLD = "old".repeat(1_000);
const NEW = "new".repeat(1_000);

/** The report of a twin of which every key differs, in everything that can be shown. */
async function reportOf(keys: number, options: TwinOptions<string, object>) {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new Map<string, object>(), new Map<string, object>()];
  for (let i = 0; i < keys; i++) {
    const properties = Array.from({ length: 40 }, (_, at) => `property ${at} of ${i} `.repeat(10));
    oldMap.set(`key ${i} `.repeat(100), Object.fromEntries(properties.map((name) => [name, OLD])));
    newMap.set(`key ${i} `.repeat(100), Object.fromEntries(properties.map((name) => [name, NEW])));
  }
  const users = twin(oldMap, newMap, { clock, ...options });
  users.stage("dualwrite");
  users.stage("shadow");
  for (const key of oldMap.keys()) users.get(key);
  await clock.until(users.settle());
  return users.report();
}

describe("Ledger", () => {
  for (const reveal of [false, true]) {
    it(`takes the room that its bounds allow, however much is counted${reveal ? ", revealed" : ""}`, async () => {
      const sizes = await Promise.all([30, 300].map(async (keys) => {
        const report = await reportOf(keys, { reveal, maxRecent: 20 });
        assertEquals([report.diffs, report.recent.length, report.recent[0]?.paths.length], [keys, 20, 16]);
        return JSON.stringify(report).length;
      }));
      const [few = 0, many = 0] = sizes;
      // A number can have more digits: that is all.
      assert(many < few * 1.02, `${few} characters, then ${many}`);
      assert(many < 20 * 16 * 3 * 300, `${many} characters`);
    });
  }

  it("keeps the last diffs, the newest first", async () => {
    const { recent } = await reportOf(5, { reveal: true, maxRecent: 2 });
    assertEquals(recent.map(({ key }) => key.slice(0, 7)), ['"key 4 ', '"key 3 ']);
    assertEquals((await reportOf(5, { maxRecent: 0 })).recent, []);
  });

  it("counts keys once, however often they are compared", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1], ["b", 1]]), new Map([["a", 1], ["b", 2]]), {
      clock,
      // Under it, the two keys fall into two registers of the counter.
      secret: "for two distinct keys",
    });
    users.stage("dualwrite");
    users.stage("shadow");
    for (let i = 0; i < 10; i++) {
      users.get("a");
      users.get("b");
      assertEquals([...users.keys()], ["a", "b"]);
      await clock.until(users.settle());
    }
    const { compared, diffs, comparedKeys, diffKeys } = users.report();
    assertEquals([compared, diffs, comparedKeys, diffKeys], [30, 10, 2, 1]);
  });

  it("counts what callers do by the second in which it is seen", async () => {
    const clock = new ManualClock();
    const users = twin(new Map<string, number>(), new Map<string, number>(), { clock });
    const seen = () => users.report().windows.seconds.slice(-3).map(({ reads, writes }) => [reads, writes]);
    users.set("a", 1);
    users.get("a");
    assertEquals(seen(), [[0, 0], [0, 0], [1, 1]]);
    await clock.advance(1_000);
    users.get("a");
    users.has("a");
    assertEquals(seen(), [[0, 0], [1, 1], [2, 0]]);
    assertEquals(users.report().operations, { reads: 3, writes: 1 });
  });
});
