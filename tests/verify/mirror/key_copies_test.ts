import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Deadlines } from "../../../src/async/deadlines.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KeyCopies } from "../../../verify/mirror/key_copies.ts";
import { AsyncSide } from "../../../verify/pair/async_side.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly newStore: FaultyStore;
  readonly copies: KeyCopies<string, unknown>;
  readonly copy: (key: string, value: number) => ReturnType<KeyCopies<string, unknown>["copy"]>;
}

function rig(maxPending: number): Rig {
  const clock = new ManualClock();
  const newStore = new FaultyStore(clock);
  const sides = {
    old: new AsyncSide<string, unknown>(new FaultyStore(clock).map(), clock, 10_000),
    new: new AsyncSide<string, unknown>(newStore.map(), clock, 10_000),
  };
  const patience = new Deadlines(clock, 100);
  const copies = new KeyCopies({ sides, clock, looksBack: () => false, maxPending, patience });
  const copy = (key: string, value: number) => copies.copy({ key, id: key }, { from: "old", entry: { value } });
  return { clock, newStore, copies, copy };
}

describe("KeyCopies", () => {
  it("has room for so many keys, even after one got none in time", async () => {
    const { clock, newStore, copies, copy } = rig(1);
    newStore.hang();
    copy("a", 1);
    for (const key of ["b", "c"]) {
      const { placed, done } = copy(key, 1);
      await clock.advance(100);
      assertEquals([await placed, await done, copies.pending], [false, false, 1]);
    }
    newStore.answer();
    await copies.allEnded();
    assertEquals([copy("d", 1).placed, copies.pending], [undefined, 1]);
  });

  it("makes the copies of a key one after the other, and of those that wait the last one", async () => {
    const { clock, newStore, copies, copy } = rig(10);
    newStore.hang();
    const first = copy("a", 1);
    await clock.advance(0);
    const [second, third] = [copy("a", 2), copy("a", 3)];
    assertEquals([second === third, newStore.underWay], [true, 1]);
    newStore.answer();
    assertEquals([await first.done, await third.done], [true, true]);
    assertEquals([newStore.get("a"), newStore.writes, copies.pending], [3, 2, 0]);
  });

  it("knows since when the oldest copy has been under way", async () => {
    const { clock, newStore, copies, copy } = rig(10);
    assertEquals(copies.runningSinceMs, undefined);
    newStore.hang();
    const begunAtMs = clock.now();
    copy("a", 1);
    await clock.advance(50);
    copy("b", 1);
    assertEquals(copies.runningSinceMs, begunAtMs);
    newStore.answer();
    await copies.allEnded();
    assertEquals(copies.runningSinceMs, undefined);
  });
});
