/** Where both maps threw, they counted as equal: a sweep was clean that had seen no value, and the gate passed. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

/** A twin at shadow of two maps with other values, which throw when they are asked for one. */
function failing() {
  const clock = new ManualClock();
  const keys = Array.from({ length: 500 }, (_, i) => `k${i}`);
  const side = (value: number) => new UnreadableMap(new NativeMap(keys.map((key) => [key, value])));
  const users = twin(side(1), side(2), {
    clock,
    at: { stage: "shadow" },
    gate: { threshold: 0.1, holdMs: 0 },
  });
  return { clock, keys, users };
}

class UnreadableMap extends FaultyMap<string, number> {
  override get(): never {
    throw new Error("The table is locked");
  }
}

describe("two maps that both throw", () => {
  it("are not the same for a sweep", async () => {
    const { clock, keys, users } = failing();
    assertEquals(await clock.until(users.sweep()), false);
    const { sweep, gate, inconclusive } = users.report();
    assertEquals([sweep.inconclusive, inconclusive, gate.episode.visits], [keys.length, keys.length, 0]);
    assertEquals(gate.conditions.find(({ name }) => name === "backfill")?.verdict, "hold");
  });

  it("are not the same for a comparison", async () => {
    const { clock, users } = failing();
    assertThrows(() => users.get("k1"), Error, "The table is locked");
    await clock.until(users.settle());
    const { matched, inconclusive } = users.report();
    assertEquals([matched, inconclusive], [0, 1]);
  });
});
