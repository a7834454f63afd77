/** What becomes of the writes to the other side of a twin of two stores: they are copied, wait, or go to the journal. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, StageError, StoreError, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore } from "../faulty_store.ts";

const TIMES = { mirrorTimeoutMs: 100, unknownMs: 1_000, settleMs: [10] };

interface Rig {
  readonly clock: ManualClock;
  readonly oldStore: FaultyStore;
  readonly newStore: FaultyStore;
  readonly users: AsyncTwinMap<string, unknown>;
}

function rig(options: AsyncTwinOptions<string, unknown> = {}, clock = new ManualClock()): Rig {
  const oldStore = new FaultyStore(clock);
  const newStore = new FaultyStore(clock);
  const users = twin(oldStore.map(), newStore.map(), { clock, at: { stage: "shadow" }, ...TIMES, ...options });
  return { clock, oldStore, newStore, users };
}

/** How long a promise takes on the clock, in steps of 10 ms. */
async function msOf(clock: ManualClock, promise: Promise<unknown>): Promise<number> {
  const startMs = clock.now();
  let endMs: number | undefined;
  const ended = promise.then(() => endMs = clock.now());
  await clock.advance(0);
  await clock.until(ended);
  return endMs as number - startMs;
}

describe("AsyncMirror", () => {
  it("copies deletes, times to live, and bytes under keys that are bytes", async () => {
    const clock = new ManualClock();
    const [oldStore, newStore] = [
      new FaultyStore<string | Uint8Array>(clock),
      new FaultyStore<string | Uint8Array>(clock),
    ];
    const users = twin(oldStore.map(), newStore.map(), { clock, at: { stage: "shadow" }, ...TIMES });
    newStore.set("gone", 1);
    await users.delete("gone");
    const expiresAt = clock.now() + 5_000;
    await users.set("brief", 1, { ttlMs: 5_000 });
    const key = new Uint8Array([1, 2]);
    await users.set(key, new Uint8Array([3]));
    await clock.until(users.settle());
    assertEquals([...newStore.entries.keys()], ["brief", key]);
    assertEquals(newStore.entries.get("brief")?.expiresAt, expiresAt);
    assertEquals(newStore.get(key), new Uint8Array([3]));
  });

  it("copies what an object was when it was set, though its owner changes it afterwards", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued" });
    const session = { visits: 1 };
    const isSet = users.set("a", session);
    session.visits = 2;
    await isSet;
    session.visits = 3;
    await clock.until(users.settle());
    assertEquals(newStore.get("a"), { visits: 1 });
  });

  it("keeps the last of many writes of a key, in order, with few copies", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued", instances: "one" });
    newStore.hang();
    for (let i = 0; i < 100; i++) await users.set("a", i);
    newStore.answer();
    await clock.until(users.settle());
    assertEquals([newStore.get("a"), newStore.writes], [99, 2]);
  });

  it("reads again what does not fit among the values that wait", async () => {
    const clock = new ManualClock();
    const oldStore = new FaultyStore(clock);
    const newStore = new FaultyStore(clock);
    const traits = { expires: "never" } as const;
    const options = { clock, at: { stage: "shadow" }, ...TIMES, mirror: "queued", instances: "one" } as const;
    const users = twin(oldStore.map(traits), newStore.map(traits), options);
    const large = "x".repeat(2 ** 23);
    for (let round = 1; round <= 2; round++) {
      newStore.hang();
      for (let i = 0; i < 70; i++) await users.set(`k${i}`, i < 65 ? i : large + i);
      newStore.answer();
      await clock.until(users.settle());
      // 64 are being written. Of those that wait, 16 MiB each, three may be kept.
      assertEquals([newStore.entries.size, oldStore.reads], [70, 2 * round]);
    }
    assertEquals(newStore.get("k69"), large + 69);
  });

  it("lets a caller wait for the oldest copy while the queue is full, then puts the key in the journal", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued", maxPending: 2 });
    newStore.hang();
    assertEquals(await msOf(clock, Promise.all([users.set("a", 1), users.set("b", 1)])), 0);
    // There is a place for another write of the same key.
    assertEquals(await msOf(clock, users.set("a", 2)), 0);
    const waiting = users.set("c", 1);
    await clock.advance(50);
    assertEquals(await msOf(clock, waiting) + 50, 100);
    const { pending, overruns, journaled } = users.report().mirror;
    assertEquals({ pending, overruns, journaled }, { pending: 2, overruns: 1, journaled: 1 });
    newStore.answer();
    await clock.advance(2_000);
    assertEquals(["a", "b", "c"].map((key) => newStore.get(key)), [2, 1, 1]);
    assertEquals(users.report().mirror.journaled, 0);
  });

  it("lets callers on in the order in which they came, one for each place that becomes free", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued", maxPending: 1 });
    newStore.hang();
    await users.set("a", 1);
    const waiting = ["b", "c"].map((key) => users.set(key, 1));
    await clock.advance(50);
    newStore.answer();
    assertEquals(await msOf(clock, Promise.all(waiting)), 0);
    await clock.until(users.settle());
    assertEquals([...newStore.entries.keys()], ["a", "b", "c"]);
  });

  for (const mirror of ["inline", "queued"] as const) {
    it(`waits for a side that hangs once, ${mirror}, then puts writes off until a copy succeeds`, async () => {
      const { clock, newStore, users } = rig({ mirror });
      newStore.hang();
      assertEquals(await msOf(clock, users.set("a", 1)), mirror === "inline" ? 100 : 0);
      if (mirror === "queued") {
        await clock.advance(200);
        assertEquals(users.report().mirror.broken, true);
      } else await clock.advance(1_100);
      const writes = newStore.writes;
      assertEquals(await msOf(clock, Promise.all([users.set("b", 1), users.set("c", 1), users.delete("d")])), 0);
      assertEquals(newStore.writes, writes);
      await clock.advance(60_000);
      assertEquals(users.report().mirror.broken, true);
      newStore.answer();
      await clock.advance(60_000);
      const { broken, journaled, errors } = users.report().mirror;
      assertEquals({ broken, journaled, errors }, { broken: false, journaled: 0, errors: 1 });
      assertEquals(["a", "b", "c"].map((key) => newStore.get(key)), [1, 1, 1]);
      assertEquals(await msOf(clock, users.set("e", 1)), 0);
      await clock.until(users.settle());
      assertEquals(newStore.get("e"), 1);
    });
  }

  it("tries one key at a time while a side fails, with pauses that grow", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued", instances: "one" });
    newStore.error = FaultyStore.down();
    await Promise.all(Array.from({ length: 50 }, (_, i) => users.set(`k${i}`, i)));
    await clock.until(users.settle());
    const writes = newStore.writes;
    await clock.advance(10_000);
    const tried = newStore.writes - writes;
    assertEquals([tried > 10, tried <= 20], [true, true]);
    newStore.error = undefined;
    await clock.advance(60_000);
    assertEquals([newStore.entries.size, users.report().mirror.journaled], [50, 0]);
  });

  it("counts failures in a row only", async () => {
    const { clock, newStore, users } = rig();
    for (let i = 0; i < 20; i++) {
      newStore.error = i % 4 === 3 ? undefined : FaultyStore.down();
      await clock.until(users.set(`k${i}`, i));
      assertEquals(users.report().mirror.broken, false);
    }
  });

  it("counts a failed copy once, however many writes of the key wait for it", async () => {
    const { clock, newStore, users } = rig({ mirror: "queued", instances: "one", mirrorTimeoutMs: 500 });
    newStore.hang();
    for (let i = 0; i < 50; i++) await users.set("a", i);
    newStore.error = FaultyStore.down();
    newStore.answer();
    await clock.until(users.settle());
    const { errors, broken } = users.report().mirror;
    assertEquals([errors <= 2, broken], [true, false]);
    newStore.error = undefined;
    await clock.advance(5_000);
    assertEquals([newStore.get("a"), users.report().mirror.journaled], [49, 0]);
  });

  it("takes a value that the other side refuses for no sign that this is away", async () => {
    const { clock, newStore, users } = rig();
    newStore.error = new RangeError("The value is too large");
    for (let i = 0; i < 20; i++) await clock.until(users.set(`k${i}`, i));
    const { broken, journaled } = users.report().mirror;
    assertEquals({ broken, journaled }, { broken: false, journaled: 20 });
  });

  it("copies a key whose outcome is unknown only when its write can take effect no more", async () => {
    const { clock, oldStore, newStore, users } = rig({ instances: "one", unknownMs: 5_000 });
    oldStore.error = FaultyStore.down("unknown");
    await assertRejects(() => users.set("a", 1), StoreError);
    oldStore.error = undefined;
    await clock.advance(4_900);
    assertEquals([newStore.writes, users.report().mirror.journaled], [0, 1]);
    oldStore.set("a", 1);
    await clock.advance(2_000);
    assertEquals([newStore.get("a"), users.report().mirror.journaled], [1, 0]);
  });

  it("holds every move by which another map answers, until the journal is empty, even with force", async () => {
    const { clock, newStore, users } = rig();
    newStore.error = FaultyStore.down();
    await clock.until(users.set("a", 1));
    const move = () => clock.until(users.stage("live", { percent: 50, force: "a test" }));
    const refused = await assertRejects(move, StageError);
    assertEquals(refused.missing.some((phrase) => phrase.includes("1 keys must be copied again")), true);
    newStore.error = undefined;
    await clock.advance(5_000);
    await move();
    assertEquals(await users.get("a"), 1);
  });

  it("copies each key of a batch again that failed, once none of its writes can take effect any more", async () => {
    const { clock, oldStore, newStore, users } = rig({ instances: "one", unknownMs: 5_000 });
    for (const key of ["a", "b", "c"]) oldStore.set(key, 1);
    newStore.error = FaultyStore.down("unknown");
    await assertRejects(() => clock.until(users.backfill()), StoreError);
    newStore.error = undefined;
    assertEquals(users.report().mirror.journaled, 3);
    await clock.advance(4_000);
    assertEquals(newStore.entries.size, 0);
    await clock.advance(5_000);
    assertEquals([newStore.entries.size, users.report().mirror.journaled], [3, 0]);
  });

  it("lets a caller on while a backfill waits for a side that hangs, and clears meanwhile", async () => {
    const { clock, oldStore, newStore, users } = rig({ mirror: "queued", maxPending: 8 });
    for (let i = 0; i < 20; i++) oldStore.set(`k${i}`, i);
    const filled = users.backfill();
    newStore.hang();
    await clock.advance(50);
    assertEquals(users.report().mirror.pending, 4);
    assertEquals(await msOf(clock, Promise.all([users.set("a", 1), users.set("k0", 9)])), 0);
    assertEquals(await msOf(clock, users.clear()) <= 100, true);
    newStore.answer();
    await clock.until(filled);
    await clock.until(users.settle());
    await clock.advance(5_000);
    assertEquals([oldStore.entries.size, newStore.entries.size], [0, 0]);
  });

  it("counts a key that the full journal has no room for, as an error that voids the evidence", async () => {
    const { clock, newStore, users } = rig({ maxPending: 6 });
    const hasSwept = () => users.report().gate.conditions.find(({ name }) => name === "sweep")?.verdict;
    newStore.error = FaultyStore.down();
    for (let i = 0; i < 6; i++) await clock.until(users.set(`k${i}`, i));
    assertEquals([users.report().mirror.errors, users.report().mirror.journaled], [5, 6]);
    await clock.until(users.set("k6", 6));
    assertEquals([users.report().mirror.errors, hasSwept()], [6, "hold"]);
  });

  it("clears both sides, and counts the other one as lost if that hangs, without waiting for it twice", async () => {
    const { clock, oldStore, newStore, users } = rig();
    await clock.until(users.set("a", 1));
    await clock.until(users.clear());
    assertEquals([oldStore.entries.size, newStore.entries.size], [0, 0]);
    await clock.until(users.set("a", 1));
    newStore.hang();
    assertEquals(await msOf(clock, users.clear()), 100);
    assertEquals(await msOf(clock, users.clear()), 0);
    assertEquals([oldStore.entries.size, users.report().mirror.errors], [0, 2]);
  });

  it("goes on when the twin is closed: a caller waits no longer for a side that hangs, and the journal is copied", async () => {
    const { clock, newStore, users } = rig();
    users.close();
    newStore.hang();
    assertEquals(await msOf(clock, users.set("a", 1)), 100);
    newStore.answer();
    newStore.error = FaultyStore.down();
    await clock.until(users.set("b", 1));
    newStore.error = undefined;
    await clock.advance(60_000);
    assertEquals([newStore.get("a"), newStore.get("b")], [1, 1]);
  });
});
