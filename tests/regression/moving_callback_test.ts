/** If a callback moved the twin, its own write went to the map that no longer answered, or appeared there too late. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, twin, type TwinMap } from "@twinmap/twinmap";
import { forced, moveTo } from "../move_to.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

type Users = TwinMap<string, number>;

const WRITES: { [name: string]: (map: ConcurrentMap<string, number>, during: () => void) => void } = {
  update: (map, during) => void map.update("a", () => (during(), 1)),
  getOrInsertComputed: (map, during) => void map.getOrInsertComputed("a", () => (during(), 1)),
};

describe("TwinMap, moved by the callback of a write", () => {
  for (const [name, write] of Object.entries(WRITES)) {
    it(`returns what ${name}() wrote, after a move from live to complete`, async () => {
      const clock = new ManualClock();
      const users: Users = twin(new Map(), new Map(), { clock });
      await moveTo(users, clock, "live", 0);
      write(users, () => {
        users.stage("rampdown", forced("rampdown"));
        users.stage("complete", forced("complete"));
      });
      assertEquals(users.get("a"), 1);
    });

    it(`has what ${name}() wrote on both sides, after a move from live to rampdown and a write, queued`, async () => {
      const clock = new ManualClock();
      const [oldMap, newMap] = [new Map<string, number>(), new Map<string, number>()];
      const users: Users = twin(oldMap, newMap, { clock, mirror: "queued" });
      await moveTo(users, clock, "live", 0);
      write(users, () => {
        users.stage("rampdown", forced("rampdown"));
        users.set("a", 2);
      });
      assertEquals(users.get("a"), 1);
      await clock.until(users.settle());
      assertEquals([oldMap.get("a"), newMap.get("a")], [1, 1]);
    });

    it(`returns what ${name}() wrote, after a move from rampdown to off`, async () => {
      const clock = new ManualClock();
      const users: Users = twin(new Map(), new Map(), { clock });
      await moveTo(users, clock, "rampdown");
      write(users, () => {
        for (const stage of ["live", "shadow", "dualwrite", "off"] as const) {
          users.stage(stage, stage === "live" ? { percent: 100 } : {});
        }
      });
      assertEquals(users.get("a"), 1);
    });
  }
});
