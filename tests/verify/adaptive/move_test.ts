import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type Clock, type ConcurrentMap, NativeMap, twin, type TwinMap } from "@twinmap/twinmap";
import { moveByTwin } from "../../../verify/adaptive/move.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { RacingClock } from "../racing_clock.ts";

const entries = (): Map<string, number> => new Map([["a", 1], ["b", 2], ["c", 3]]);

function moving(newMap: ConcurrentMap<string, number>, clock: Clock): TwinMap<string, number> {
  return twin(entries(), newMap, { clock, sample: 1 / 64 });
}

/** Calls `instead` in place of the first few writes of a key. */
class LosingMap extends NativeMap<string, number> {
  readonly #lost: string;
  readonly #instead: () => void;
  #left: number;

  constructor(lost: string, instead: () => void, times: number) {
    super();
    this.#lost = lost;
    this.#instead = instead;
    this.#left = times;
  }

  override set(key: string, value: number): this {
    if (key !== this.#lost || this.#left-- <= 0) return super.set(key, value);
    this.#instead();
    return this;
  }
}

const fail = () => {
  throw new Error("full");
};

describe("moveByTwin()", () => {
  it("lets the new map answer once it has all entries, whatever is written meanwhile", async () => {
    const writes = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.option(fc.nat(9))), { maxLength: 12 });
    await fc.assert(fc.asyncProperty(fc.scheduler(), writes, async (scheduler, writes) => {
      const newMap = new NativeMap<string, number>();
      const clock = new RacingClock(scheduler);
      const users = moving(newMap, clock);
      const model = entries();
      scheduler.scheduleSequence(writes.map(([key, value]) => async () => {
        if (value === null) assertEquals(users.delete(key), model.delete(key));
        else users.set(key, value), model.set(key, value);
        await Promise.resolve();
      }));
      const moved = moveByTwin(users, clock);
      await scheduler.waitFor(moved);
      await scheduler.waitAll();
      assertEquals(await moved, true);
      assertEquals(users.report().stage, "rampdown");
      assertEquals(new Map(newMap), model);
    }));
  });

  it("keeps answering from the old map if the new one loses a key or throws at a write", async () => {
    const newMaps = [new LosingMap("d", () => {}, Infinity), new LosingMap("d", fail, 1)];
    for (const newMap of newMaps) {
      const clock = new ManualClock();
      const users = moving(newMap, clock);
      const moved = moveByTwin(users, clock);
      users.set("d", 4);
      assertEquals(await clock.until(moved), false);
      assertEquals(users.report().stage, "shadow");
      assertEquals(users.get("d"), 4);
    }
  });

  it("rejects if the new map throws while entries are copied, and keeps answering from the old one", async () => {
    const clock = new ManualClock();
    const users = moving(new LosingMap("b", fail, 1), clock);
    await assertRejects(() => clock.until(moveByTwin(users, clock)), Error, "full");
    assertEquals(users.report().stage, "dualwrite");
    assert([...entries()].every(([key, value]) => users.get(key) === value));
  });
});
