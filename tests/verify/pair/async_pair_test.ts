/** Looks at the keys of two stores: what they find, when they count, and what they cost. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, type DiffKind, twin } from "@twinmap/twinmap";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore, LATE_MS, type StoreFault } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly oldStore: FaultyStore;
  readonly newStore: FaultyStore;
  readonly users: AsyncTwinMap<string, unknown>;
}

function rig(options: AsyncTwinOptions<string, unknown> = {}): Rig {
  const clock = new ManualClock();
  const oldStore = new FaultyStore(clock);
  const newStore = new FaultyStore(clock);
  const users = twin(oldStore.map(), newStore.map(), {
    clock,
    at: { stage: "shadow" },
    mirrorTimeoutMs: 100,
    unknownMs: 1_000,
    settleMs: [10, 10],
    ...options,
  });
  return { clock, oldStore, newStore, users };
}

/** Sets keys on both sides, as if they had been there before. */
function fill({ oldStore, newStore }: Rig, count: number): string[] {
  const keys = Array.from({ length: count }, (_, i) => `k${i}`);
  for (const key of keys) for (const store of [oldStore, newStore]) store.set(key, `value of ${key}`);
  return keys;
}

const FAULTS: Record<StoreFault, DiffKind> = {
  "forgets": "missing",
  "delays": "missing",
  "duplicates": "value",
  "reorders": "value",
  "loses the time to live": "expiry",
  "truncates": "value",
  "answers another key's value": "value",
  "applies after a time-out": "value",
};

for (const instances of ["one", "many"] as const) {
  describe(`AsyncPair, with instances: "${instances}",`, () => {
    for (const [fault, kind] of Object.entries(FAULTS) as [StoreFault, DiffKind][]) {
      it(`finds that the new store ${fault}`, async () => {
        const { clock, newStore, users } = rig({ instances });
        newStore.fault = fault;
        await clock.until(users.set("a", "first value", { ttlMs: 2 * LATE_MS }));
        newStore.fault = fault === "reorders" ? fault : undefined;
        if (fault === "forgets" || fault === "delays") await clock.advance(10);
        else if (fault === "applies after a time-out") await clock.until(users.set("a", "second value"));
        else if (fault === "duplicates" || fault === "reorders") await clock.until(users.set("a", "second value"));
        await clock.until(users.set("b", "third value"));
        if (fault === "duplicates" || fault === "applies after a time-out") await clock.advance(LATE_MS);
        if (fault === "answers another key's value") newStore.fault = fault;
        await clock.until(users.sweep());
        const { recent, byKind } = users.report();
        assertEquals([recent.length > 0, byKind[kind] > 0], [true, true]);
      });
    }

    it("finds nothing in a store that is only slow, or was away for a while", async () => {
      const { clock, oldStore, newStore, users } = rig({ instances });
      newStore.hang();
      for (let i = 0; i < 20; i++) await clock.until(users.set(`k${i}`, i));
      newStore.error = FaultyStore.down("unknown");
      newStore.answer();
      for (let i = 0; i < 20; i++) {
        await clock.until(users.set(`k${i}`, -i));
        users.get(`k${i}`);
      }
      await clock.advance(5_000);
      newStore.error = undefined;
      await clock.advance(60_000);
      assertEquals(await clock.until(users.sweep()), true);
      const { diffs, late, mirror } = users.report();
      assertEquals([diffs, late, mirror.journaled, newStore.entries.size], [0, 0, 0, oldStore.entries.size]);
    });
  });
}

describe("AsyncPair", () => {
  it("reads the new store once for each key that a caller read, and the old one not at all", async () => {
    const made = rig();
    const { clock, oldStore, newStore, users } = made;
    const keys = fill(made, 100);
    await clock.until(Promise.all(keys.map((key) => users.get(key))));
    await clock.until(users.settle());
    assertEquals([oldStore.reads, newStore.reads, users.report().matched], [100, 2, 100]);
    const { latency } = users.report();
    assertEquals([latency.old.count, latency.new.count], [100, 2]);
  });

  it("uses no answer that is older than a write", async () => {
    const made = rig();
    const { clock, newStore, users } = made;
    fill(made, 1);
    newStore.hang();
    await users.get("k0");
    // The answer waits for the batch before.
    await clock.advance(1);
    await users.get("k0");
    const isSet = users.set("k0", "another");
    newStore.answer();
    await clock.until(isSet);
    await clock.until(users.settle());
    const { diffs, late, matched } = users.report();
    assertEquals([diffs, late, matched], [0, 0, 2]);
  });

  it("claims nothing about a key whose write is still to be copied", async () => {
    const made = rig({ mirror: "queued" });
    const { clock, newStore, users } = made;
    fill(made, 1);
    newStore.hang("writes");
    await users.set("k0", "another");
    await users.get("k0");
    await clock.advance(500);
    newStore.answer();
    await clock.until(users.settle());
    const { diffs, late, inconclusive } = users.report();
    assertEquals([diffs, late, inconclusive], [0, 0, 1]);
  });

  it("reads again where a caller changed the object that it was answered", async () => {
    const made = rig();
    const { clock, oldStore, newStore, users } = made;
    for (const store of [oldStore, newStore]) store.set("a", { visits: 1 });
    const session = await users.get("a") as { visits: number };
    session.visits = 2;
    await clock.until(users.settle());
    const { matched, late, diffs } = users.report();
    assertEquals([matched, late, diffs], [1, 0, 0]);
  });

  it("does not take the answer undefined for a value", async () => {
    const { clock, newStore, users } = rig();
    newStore.set("a", undefined);
    await users.get("a");
    await clock.until(users.settle());
    assertEquals(users.report().byKind.extra, 1);
  });

  it("finds what differs though a caller was just answered", async () => {
    const made = rig();
    const { clock, newStore, users } = made;
    fill(made, 3);
    newStore.set("k1", "something else");
    newStore.entries.delete("k2");
    await clock.until(Promise.all(["k0", "k1", "k2", "absent"].map((key) => users.get(key))));
    await clock.until(users.settle());
    const { matched, byKind } = users.report();
    assertEquals([matched, byKind.value, byKind.missing], [2, 1, 1]);
  });

  it("makes no pile of looks at a store that hangs: they are inconclusive, and what does not fit is dropped", async () => {
    const made = rig({ maxPending: 100 });
    const { clock, newStore, users } = made;
    const keys = fill(made, 500);
    newStore.hang();
    let most = 0;
    for (let round = 0; round < 20; round++) {
      await clock.until(Promise.all(keys.map((key) => users.get(key))));
      await clock.advance(500);
      most = Math.max(most, newStore.underWay);
    }
    await clock.until(users.settle());
    const { due, diffs, late, inconclusive, dropped } = users.report();
    assertEquals([diffs, late, due], [0, 0, inconclusive + dropped]);
    assertEquals([inconclusive > 0, dropped > 0, most <= 1_024], [true, true, true]);
  });

  it("compares again once a store that hung is back", async () => {
    const made = rig({ settleMs: [1_000, 5_000] });
    const { clock, newStore, users } = made;
    const keys = fill(made, 10);
    newStore.hang();
    await Promise.all(keys.map((key) => users.get(key)));
    await clock.advance(2_000);
    newStore.answer();
    await clock.until(users.settle());
    assertEquals([users.report().matched, users.report().late], [10, 0]);
  });

  it("blames the one key that cannot be read, not those that are read with it", async () => {
    const made = rig();
    const { clock, oldStore, users } = made;
    const keys = fill(made, 10);
    const map = made.newStore.map();
    const getMany = map.getMany.bind(map);
    map.getMany = (keys) =>
      [...keys].includes("k3") ? Promise.reject(new TypeError("The value is no JSON")) : getMany(keys);
    const twinned = twin(oldStore.map(), map, { clock, at: { stage: "shadow" }, settleMs: [10] });
    await clock.until(twinned.sweep());
    const { matched, late, byKind } = twinned.report();
    assertEquals([matched, late, byKind.error], [keys.length - 1, 0, 1]);
    users.close();
  });

  it("tells other writers' late writes from lost ones", async () => {
    const made = rig();
    const { clock, oldStore, newStore, users } = made;
    fill(made, 2);
    oldStore.set("k0", "written by another process");
    oldStore.set("k1", "written by another process");
    await Promise.all(["k0", "k1"].map((key) => users.get(key)));
    await clock.advance(5);
    newStore.set("k0", "written by another process");
    await clock.until(users.settle());
    const { late, byKind } = users.report();
    assertEquals([late, byKind.value], [1, 1]);
  });

  it("finds a key different though callers write to other keys of its stripe all the time", async () => {
    const secret = "sixteen characters";
    const hash = makeKeyHash(secret);
    const isNeighbour = (key: string) => (hash(key) & 0x7fff) === (hash("k0") & 0x7fff);
    const neighbour = Array.from({ length: 10 ** 6 }, (_, at) => `n${at}`).find(isNeighbour) as string;
    const made = rig({ secret });
    const { clock, newStore, users } = made;
    fill(made, 1);
    newStore.set("k0", "something else");
    await clock.until(users.get("k0"));
    for (let ms = 0; ms < 30; ms++) {
      await clock.until(users.set(neighbour, ms));
      await clock.advance(1);
    }
    await clock.until(users.settle());
    assertEquals(users.report().byKind.value, 1);
  });
});
