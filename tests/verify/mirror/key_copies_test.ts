import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StoreError } from "@twinmap/twinmap";
import { Deadlines } from "../../../src/async/deadlines.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KeyCopies } from "../../../verify/mirror/key_copies.ts";
import { AsyncSide } from "../../../verify/pair/async_side.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly oldStore: FaultyStore;
  readonly newStore: FaultyStore;
  readonly copies: KeyCopies<string, unknown>;
  readonly copy: (key: string, value: number) => ReturnType<KeyCopies<string, unknown>["copy"]>;
}

function rig(maxPending: number): Rig {
  const clock = new ManualClock();
  const oldStore = new FaultyStore(clock);
  const newStore = new FaultyStore(clock);
  const sides = {
    old: new AsyncSide<string, unknown>(oldStore.map(), clock, 10_000),
    new: new AsyncSide<string, unknown>(newStore.map(), clock, 10_000),
  };
  const patience = new Deadlines(clock, 100);
  const copies = new KeyCopies({ sides, clock, looksBack: () => false, maxPending, patience });
  const copy = (key: string, value: number) =>
    copies.copy({ key, id: key }, { from: "old", entry: { value }, deletes: true });
  return { clock, oldStore, newStore, copies, copy };
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

  it("deletes a key that a copy which waits is to delete, though a later one would not", async () => {
    for (const deletes of [false, true]) {
      const { clock, newStore, copies, copy } = rig(10);
      newStore.hang();
      copy("a", 1);
      await clock.advance(0);
      copies.copy({ key: "a", id: "a" }, { from: "old", entry: null, deletes });
      copies.copy({ key: "a", id: "a" }, { from: "old", deletes: false });
      newStore.answer();
      await copies.allEnded();
      assertEquals(newStore.get("a"), deletes ? undefined : 1);
    }
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

  const subjects = (...keys: string[]) => keys.map((key) => ({ key, id: key, hash: 0 }));

  it("copies a batch with half of the room at most, and returns the keys that are left", async () => {
    const { newStore, oldStore, copies, copy } = rig(5);
    oldStore.set("b", 1);
    newStore.hang();
    const left = copies.copyMany(subjects("a", "b", "c", "d"), "old", true, () => true);
    assertEquals([copies.pending, copy("e", 1).placed, copy("f", 1).placed], [3, undefined, undefined]);
    newStore.answer();
    assertEquals(await left, subjects("d"));
    await copies.allEnded();
    assertEquals([newStore.get("b"), newStore.writes, copies.pending], [1, 3, 0]);
  });

  it("lets one key of a batch wait where there is no room, behind the callers that came before", async () => {
    const { clock, newStore, copies, copy } = rig(1);
    newStore.hang();
    copy("a", 1);
    const caller = copy("b", 1);
    const left = copies.copyMany(subjects("c", "d"), "old", false, () => true);
    assertEquals(copies.pending, 3);
    newStore.answer();
    await caller.done;
    assertEquals(await left, subjects("d"));
    newStore.hang();
    copy("a", 2);
    const noneFits = copies.copyMany(subjects("c", "d"), "old", false, () => true);
    await clock.advance(100);
    assertEquals(await noneFits, subjects("c", "d"));
    newStore.answer();
    await copies.allEnded();
    assertEquals([copy("e", 1).placed, copies.pending], [undefined, 1]);
  });

  it("copies a key of a batch after its copy under way, and further ones after the batch, each in the same place", async () => {
    const { clock, oldStore, newStore, copies, copy } = rig(3);
    newStore.hang();
    copy("a", 1);
    oldStore.set("a", 2);
    await clock.advance(0);
    const left = copies.copyMany(subjects("a", "b"), "old", false, () => true);
    await clock.advance(0);
    const after = ["a", "b"].map((key) => copy(key, 3));
    assertEquals([after.map(({ placed }) => placed), copies.pending], [[undefined, undefined], 2]);
    newStore.answer();
    assertEquals(await left, []);
    await copies.allEnded();
    assertEquals(["a", "b"].map((key) => newStore.get(key)), [3, 3]);
    assertEquals(["c", "d", "e"].map((key) => copy(key, 1).placed), [undefined, undefined, undefined]);
  });

  it("repairs a key once there is room, and else neither it nor what came after it", async () => {
    const { clock, oldStore, newStore, copies, copy } = rig(1);
    oldStore.set("b", 1);
    newStore.hang();
    copy("a", 1);
    const [subject] = subjects("b") as [ReturnType<typeof subjects>[number]];
    const refused = assertRejects(
      () => copies.repair(subject, "old", true, () => true),
      StoreError,
      "too many copies wait",
    );
    const after = copy("b", 2);
    await clock.advance(100);
    await refused;
    assertEquals([await after.done, copies.pending], [false, 1]);
    newStore.answer();
    await copies.allEnded();
    const changed = await copies.repair(subject, "old", true, () => true);
    assertEquals([typeof changed, newStore.get("b")], ["object", 1]);
    assertEquals([copy("c", 1).placed, copy("d", 1).placed === undefined], [undefined, false]);
    await clock.advance(100);
  });
});
