import { assertEquals, assertGreater } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Stage, twin, type TwinMap } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

const STAGES: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

/** What the last seconds saw before the present one, the oldest first. */
function seconds(users: TwinMap<string, number>, last: number): [reads: number, writes: number][] {
  return users.report().windows.seconds.slice(-1 - last, -1).map(({ reads, writes }) => [reads, writes]);
}

describe("the windows of a report", () => {
  for (const stage of STAGES) {
    it(`have each operation in its second, though nobody looks, at ${stage}`, async () => {
      const clock = new ManualClock();
      const users = twin<string, number>(new Map([["a", 1]]), new Map(), { clock });
      await moveTo(users, clock, stage);
      await clock.advance(5_000);
      for (let second = 0; second < 10; second++) {
        for (let part = 0; part < 4; part++) {
          for (let i = 0; i <= second; i++) users.get("a");
          users.set("a", second);
          await clock.advance(250);
        }
      }
      const expected = Array.from({ length: 10 }, (_, second) => [4 * (second + 1), 4]);
      assertEquals(seconds(users, 10), expected);
    });
  }

  it("are filled after a rest, too, and nothing is scheduled meanwhile", async () => {
    const clock = new ManualClock();
    const users = twin<string, number>(new Map([["a", 1]]), new Map(), { clock });
    assertEquals(clock.scheduled, 0);
    users.get("a");
    await clock.advance(2_000);
    assertEquals(clock.scheduled, 0);
    users.has("a");
    await clock.advance(1_000);
    users.set("b", 2).get("b");
    await clock.advance(1_000);
    assertEquals(seconds(users, 4), [[1, 0], [0, 0], [1, 0], [1, 1]]);
  });

  it("have what a sweep compares while no operation comes", async () => {
    const clock = new ManualClock(4);
    const entries = Array.from({ length: 1_000 }, (_, i): [string, number] => [`key ${i}`, i]);
    const users = twin(new Map(entries), new Map(entries), { clock });
    users.stage("dualwrite");
    await clock.until(users.sweep());
    await clock.advance(1_000);
    const compared = users.report().windows.seconds.map((second) => second.compared).filter((count) => count > 0);
    assertEquals(compared.reduce((sum, count) => sum + count, 0), 1_000);
    assertGreater(compared.length, 2);
  });
});
