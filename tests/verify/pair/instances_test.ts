import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { joinInstances } from "../../../verify/pair/instances.ts";
import { KeySeqlock } from "../../../verify/pair/key_seqlock.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly oldStore: FaultyStore;
  readonly newStore: FaultyStore;
  /** Makes a twin with maps of its own over the two stores. */
  readonly made: (options: AsyncTwinOptions<string, unknown>) => AsyncTwinMap<string, unknown>;
}

/** Two stores that differ on the key "a". */
function rig(): Rig {
  const clock = new ManualClock();
  const [oldStore, newStore] = [new FaultyStore(clock), new FaultyStore(clock)];
  oldStore.set("a", 1);
  newStore.set("a", 2);
  const made = (options: AsyncTwinOptions<string, unknown>) =>
    twin(oldStore.map(), newStore.map(), {
      clock,
      at: { stage: "shadow" },
      mirror: "queued",
      mirrorTimeoutMs: 100,
      unknownMs: 1_000,
      settleMs: [10],
      ...options,
    });
  return { clock, oldStore, newStore, made };
}

async function found(
  { clock }: Rig,
  users: AsyncTwinMap<string, unknown>,
): Promise<{ diffs: number; inconclusive: number }> {
  await users.get("a");
  await clock.until(users.settle());
  const { diffs, inconclusive } = users.report();
  return { diffs, inconclusive };
}

describe("joinInstances", () => {
  it("gives the latest version that any instance of the name has", () => {
    const seqlocks = [new KeySeqlock(), new KeySeqlock(), new KeySeqlock()] as const;
    const names = ["counted", "counted", "another"] as const;
    const [versionOf] = seqlocks.map((seqlock, at) => joinInstances(names[at] as string, () => seqlock.version(1)));
    const version = versionOf?.("a");
    seqlocks[2].begin(1);
    assertEquals(versionOf?.("a"), version);
    seqlocks[1].begin(1);
    assertEquals(versionOf?.("a"), undefined);
    seqlocks[1].end(1);
    const later = versionOf?.("a");
    assertNotEquals(later, version);
    seqlocks[0].begin(1);
    seqlocks[0].end(1);
    assertNotEquals(versionOf?.("a"), later);
  });
});

describe("several twins of one name", () => {
  it("find a difference that no write of theirs explains", async () => {
    const stores = rig();
    const [users] = [stores.made({ name: "quiet" }), stores.made({ name: "quiet" })];
    assertEquals(await found(stores, users), { diffs: 1, inconclusive: 0 });
  });

  it("claim nothing about a key that another one writes, until that write has ended", async () => {
    const stores = rig();
    const [users, others] = [stores.made({ name: "writing" }), stores.made({ name: "writing" })];
    stores.newStore.hang("writes");
    await others.set("a", 3);
    assertEquals(await found(stores, users), { diffs: 0, inconclusive: 1 });
    stores.newStore.answer();
    await stores.clock.until(others.settle());
    stores.newStore.set("a", 4);
    assertEquals(await found(stores, users), { diffs: 1, inconclusive: 1 });
  });

  it("do not take two looks for a diff if another one wrote the key in between", async () => {
    const stores = rig();
    const { clock, newStore, made } = stores;
    const options = { name: "between", settleMs: [1_000] };
    const [users, others] = [made(options), made(options)];
    await users.get("a");
    await clock.advance(100);
    await others.set("a", 3);
    await clock.advance(100);
    newStore.set("a", 4);
    await clock.advance(1_000);
    assertEquals([users.report().diffs, users.report().pending], [0, 1]);
    await clock.advance(1_000);
    assertEquals(users.report().diffs, 1);
  });

  it("claim nothing about a key that another one has in its journal, or has closed with", async () => {
    const stores = rig();
    const [users, others] = [stores.made({ name: "journaling" }), stores.made({ name: "journaling" })];
    stores.newStore.error = FaultyStore.down();
    await others.set("a", 3);
    await stores.clock.advance(1);
    others.close();
    stores.newStore.error = undefined;
    assertEquals([others.report().mirror.journaled, await found(stores, users)], [1, { diffs: 0, inconclusive: 1 }]);
  });

  it("claim nothing about a key that another one wrote at once, and has not copied yet", async () => {
    const stores = rig();
    const old = new Map<string, unknown>([["a", 1]]);
    const make = () =>
      twin(old, stores.newStore.map(), {
        clock: stores.clock,
        at: { stage: "shadow" },
        settleMs: [10],
        name: "at once",
      });
    const [users, others] = [make(), make()];
    stores.newStore.hang("writes");
    // So many that not all copies are under way at a time.
    for (let i = 0; i < 100; i++) others.set(`k${i}`, i);
    others.set("a", 3);
    users.get("a");
    await stores.clock.until(users.promised.settle());
    assertEquals([users.report().diffs, users.report().inconclusive], [0, 1]);
  });

  it("do not ask each other with instances: one", async () => {
    const stores = rig();
    const options = { name: "alone", instances: "one" } as const;
    const [users, others] = [stores.made(options), stores.made(options)];
    stores.newStore.hang("writes");
    await others.set("a", 3);
    assertEquals(await found(stores, users), { diffs: 1, inconclusive: 0 });
  });
});

describe("twins of different names", () => {
  it("do not ask each other", async () => {
    const stores = rig();
    const [users, others] = [stores.made({ name: "sessions" }), stores.made({ name: "orders" })];
    stores.newStore.hang("writes");
    await others.set("a", 3);
    assertEquals(await found(stores, users), { diffs: 1, inconclusive: 0 });
  });
});
