import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { answeringMap } from "../../../verify/cli/answering_map.ts";
import type { ExaminedMap } from "../../../verify/doctor/examined_map.ts";

const never = new Promise<never>(() => {});

describe("answeringMap()", () => {
  it("gives up a map that falls silent, at whatever step", async () => {
    const { traits } = new NativeMap();
    const silent: ExaminedMap["map"] = {
      traits,
      getMany: () => never,
      get: (key) => key === "a" ? Promise.resolve(1) : never,
      entries: async function* (): AsyncGenerator<[unknown, unknown], undefined> {
        yield ["a", 1];
        await never;
      },
      keys: async function* (): AsyncGenerator<unknown, undefined> {
        yield "a";
        await never;
      },
    };
    const clock = new ManualClock();
    const map = answeringMap(silent, clock);
    assertEquals([map.traits, await map.get("a")], [traits, 1]);
    const late = "the module does not answer within 60000 ms";
    await assertRejects(() => clock.until(map.get("b")), Error, late);
    await assertRejects(() => clock.until(map.getMany(["a"])), Error, late);
    for (const walk of [map.entries(), map.keys()]) {
      assertEquals((await walk.next()).done, false);
      await assertRejects(() => clock.until(walk.next()), Error, late);
    }
    assertEquals(clock.scheduled, 0);
  });
});
