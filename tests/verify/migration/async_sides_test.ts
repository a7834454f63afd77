/** Moves of a twin of two stores, and clears, while writes are under way. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncTwinMap, type AsyncTwinOptions, lift, NativeMap, StoreError, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly oldMap: NativeMap<string, number>;
  readonly newMap: NativeMap<string, number>;
  readonly users: AsyncTwinMap<string, number>;
  /** Begins an update that ends when it is told to. */
  readonly update: (key: string, fn?: () => Promise<unknown>) => { end: () => void; ended: Promise<unknown> };
}

function rig(options: AsyncTwinOptions<string, number> = {}): Rig {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new NativeMap<string, number>(), new NativeMap<string, number>()];
  const users = twin(lift(oldMap, { clock }), lift(newMap, { clock }), {
    clock,
    mirrorTimeoutMs: 100,
    at: { stage: "dualwrite" },
    ...options,
  });
  const update: Rig["update"] = (key, fn) => {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    const ended = users.update(key, async () => {
      await promise;
      await fn?.();
      return 1;
    });
    return { end, ended };
  };
  return { clock, oldMap, newMap, users, update };
}

describe("a clear of both stores", () => {
  it("waits for an update under way that writes to other keys, and lets these writes on", async () => {
    const { clock, oldMap, newMap, users, update } = rig();
    const { end, ended } = update("a", async () => void await users.set("b", 1));
    const cleared = users.clear();
    await clock.advance(1);
    end();
    await clock.advance(1);
    await Promise.all([ended, cleared]);
    await users.settle();
    assertEquals([[...oldMap], [...newMap]], [[], []]);
    assertEquals(users.report().mirror.errors, 0);
  });

  it("does not wait for ever: then any key may be missing in the other store", async () => {
    const { clock, oldMap, users, update } = rig();
    await users.set("a", 1);
    update("b");
    const cleared = users.clear();
    await clock.advance(199);
    assertEquals(oldMap.size, 1);
    await clock.advance(1);
    await cleared;
    assertEquals([oldMap.size, users.report().mirror.errors], [0, 1]);
    const conditions = users.report().gate.conditions.filter(({ name }) => name === "backfill");
    assertEquals(conditions.map(({ verdict }) => verdict), ["hold"]);
  });

  it("waits for no write where one store is written alone", async () => {
    for (const stage of ["off", "complete"] as const) {
      const { users, oldMap, newMap, update } = rig({ at: { stage } });
      await users.set("a", 1);
      update("b");
      await users.clear();
      assertEquals([oldMap.size, newMap.size], [0, 0]);
      assertEquals(users.report().mirror.errors, 0);
    }
  });

  it("waits no longer than its signal says, and has sent nothing then", async () => {
    const { clock, oldMap, users, update } = rig();
    await users.set("a", 1);
    const { end, ended } = update("b");
    const abort = new AbortController();
    const { signal } = abort;
    const cleared = assertRejects(() => users.clear({ signal }), StoreError, "clear() of AsyncTwinMap");
    await clock.advance(1);
    abort.abort();
    assertEquals((await cleared).outcome, "not applied");
    end();
    await ended;
    assertEquals([...oldMap.keys()], ["a", "b"]);
  });

  it("fails if a store fails that answers for some keys", async () => {
    for (const failing of ["old", "new"] as const) {
      const clock = new ManualClock();
      const stores = { old: new FaultyStore(clock), new: new FaultyStore(clock) };
      const at = { stage: "live", percent: 50 } as const;
      const users = twin(stores.old.map(), stores.new.map(), { clock, mirrorTimeoutMs: 100, at });
      await clock.until(users.setMany(Array.from({ length: 20 }, (_, i) => [`k${i}`, i])));
      await clock.until(users.settle());
      stores[failing].error = FaultyStore.down();
      await assertRejects(() => clock.until(users.clear()), StoreError);
      stores[failing].error = undefined;
      await clock.until(users.clear());
      assertEquals([stores.old.entries.size, stores.new.entries.size], [0, 0]);
    }
  });

  it("leaves no copy of before in the other store, where both answer for some keys", async () => {
    const clock = new ManualClock();
    const stores = { old: new FaultyStore(clock), new: new FaultyStore(clock) };
    const at = { stage: "live", percent: 50 } as const;
    const users = twin(stores.old.map(), stores.new.map(), { clock, mirrorTimeoutMs: 100, instances: "one", at });
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const written = Promise.all(keys.map((key) => users.set(key, 1)));
    stores.new.hang("writes");
    const cleared = users.clear();
    await clock.advance(150);
    stores.new.answer();
    await clock.until(Promise.all([written, cleared]));
    await clock.until(users.settle());
    assertEquals([stores.old.entries.size, stores.new.entries.size], [0, 0]);
    assertEquals(users.report().mirror.errors, 0);
  });
});

describe("a move of a twin of two stores", () => {
  it("is made though updates under way write to other keys", async () => {
    const { clock, users, update } = rig();
    const { end, ended } = update("a", async () => void await users.set("b", 1));
    const moved = users.stage("shadow");
    await clock.advance(1);
    end();
    await clock.advance(1);
    await Promise.all([ended, moved]);
    assertEquals(users.report().stage, "shadow");
  });

  it("lets a write wait no longer than its signal says", async () => {
    const { clock, oldMap, newMap } = rig();
    const silent = lift(newMap, { clock });
    silent.keys = () => {
      const keys: AsyncIterableIterator<string> = {
        next: () => new Promise(() => {}),
        [Symbol.asyncIterator]: () => keys,
      };
      return keys;
    };
    const held = twin(lift(oldMap), silent, { clock, mirrorTimeoutMs: 100 });
    const moved = held.stage("dualwrite");
    await clock.advance(1);
    const abort = new AbortController();
    const { signal } = abort;
    const refused = [
      assertRejects(() => held.set("a", 1, { signal }), StoreError, "set()"),
      assertRejects(() => held.delete("a", { signal }), StoreError, "delete()"),
      assertRejects(() => held.update("a", () => 1, { signal }), StoreError, "update()"),
    ];
    const kept = held.set("b", 1);
    await clock.advance(1);
    abort.abort("enough");
    for (const { cause, outcome } of await Promise.all(refused)) {
      assertEquals([cause, outcome], ["enough", "not applied"]);
    }
    await clock.advance(1_000);
    await Promise.all([moved, kept]);
    assertEquals([...oldMap], [["b", 1]]);
  });
});
