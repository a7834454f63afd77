/** Checks how calls that change one key take turns. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { StoreError } from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KeyWrites } from "../../../src/async/key_writes.ts";
import { StoreCalls } from "../../../src/async/store_calls.ts";
import { SteppedStore, StoreMap } from "./stepped_store.ts";

const increment = (value = 0) => value + 1;

function rig(kind: "atomic" | "plain") {
  const store = new SteppedStore<string, number>(kind);
  const clock = new ManualClock();
  return { store, clock, map: new StoreMap(store, { clock, timeoutMs: 1_000 }) };
}

describe("update() of a map over a store", () => {
  it("keeps every increment of many callers, and none of them makes another one try again", async () => {
    for (const kind of ["atomic", "plain"] as const) {
      const { map, store } = rig(kind);
      await Promise.all(Array.from({ length: 100 }, () => map.update("a", async (value) => await increment(value))));
      assertEquals(store.rows.get("a")?.value, 100);
      assertEquals(store.sent.length, 200);
    }
  });

  it("keeps every increment of callers in several processes, in any order of their steps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, processes) => {
        const pause = () => scheduler.schedule(Promise.resolve());
        const store = new SteppedStore<string, number>("atomic", pause);
        const clock = {
          ...rig("atomic").clock,
          now: () => 0,
          monotonicMs: () => 0,
          schedule: (task: () => void) => void pause().then(task),
        };
        const maps = Array.from({ length: processes }, () => new StoreMap(store, { clock }));
        await scheduler.waitFor(
          Promise.all(maps.flatMap((map) => [map.update("a", increment), map.update("a", increment)])),
        );
        assertEquals(store.rows.get("a")?.value, 2 * processes);
      }),
      { numRuns: 40 },
    );
  });

  it("waits for a random time, longer each time, before it tries again", async () => {
    const { map, store, clock } = rig("atomic");
    const delays: number[] = [];
    const schedule = clock.schedule.bind(clock);
    clock.schedule = (task, delayMs) => {
      if (delayMs < 1_000) delays.push(delayMs);
      return schedule(task, delayMs);
    };
    let failures = 0;
    const changed = map.update("a", (value = 0) => {
      // Another process is always faster.
      if (failures++ < 12) store.rows.set("a", { value });
      return value + 1;
    });
    assertEquals(await clock.until(changed), 1);
    assertEquals(delays.length, 12);
    assert(delays.every((delay, at) => delay < 2 ** Math.min(at + 1, 6)), `${delays}`);
    assertEquals(new Set(delays).size, 12);
  });

  it("changes nothing if the function throws or rejects, and the next one has its turn", async () => {
    const { map, store } = rig("plain");
    await map.set("a", 1);
    const failing = [() => Promise.reject(new RangeError("no")), () => {
      throw new RangeError("no");
    }];
    for (const fn of failing) await assertRejects(() => map.update("a", fn), RangeError, "no");
    assertEquals([await map.update("a", increment), store.rows.get("a")?.value], [2, 2]);
  });

  it("gives the key up when its time is over, even if the function never ends", async () => {
    const { map, clock } = rig("plain");
    const hanging = map.update("a", () => new Promise<number>(() => {}));
    hanging.catch(() => {});
    await clock.advance(500);
    const next = map.update("a", increment);
    const { outcome } = await assertRejects(() => clock.until(hanging), StoreError, "no answer within 1000 ms");
    assertEquals([outcome, await next], ["not applied", 1]);
  });

  it("removes the key if the function returns undefined, and sends nothing if it is absent", async () => {
    const { map, store } = rig("atomic");
    await map.set("a", 1);
    assertEquals([await map.update("a", () => undefined), store.rows.size], [undefined, 0]);
    store.sent.length = 0;
    await map.update("a", () => undefined);
    assertEquals(store.sent, ["get"]);
  });

  it("keeps the time at which an entry of a plain store expires", async () => {
    const { store, clock } = rig("plain");
    const map = new StoreMap({
      get: (key: string) => store.get(key),
      set: (key, value: number, { ttlMs }) => store.set(key, value, { ttlMs: clock.now() + (ttlMs ?? 5_000) }),
      delete: (key) => store.delete(key),
      entries: () => store.entries(),
    }, { clock });
    await map.update("a", increment);
    const expiresAt = clock.now() + 5_000;
    assertEquals(await map.expiresAt("a"), expiresAt);
    await clock.advance(1_000);
    await map.update("a", increment);
    assertEquals([await map.get("a"), await map.expiresAt("a")], [2, expiresAt]);
    await map.set("a", 3);
    assertEquals(await map.expiresAt("a"), expiresAt + 1_000);
  });
});

describe("the queue of a key", () => {
  it("lets no write pass one of a plain store whose call has timed out, until it is settled", async () => {
    const { map, store, clock } = rig("plain");
    const { promise: delayed, resolve: takeEffect } = Promise.withResolvers<void>();
    store.delayed.set("set", delayed);
    const first = map.update("a", () => 1);
    const { outcome } = await assertRejects(() => clock.until(first), StoreError, "no answer within 1000 ms");
    assertEquals(outcome, "unknown");
    const second = map.update("a", increment);
    await clock.advance(900);
    store.delayed.clear();
    takeEffect();
    assertEquals([await second, store.rows.get("a")?.value], [2, 2]);
  });

  it("lets the next write pass after another time limit, if it is never settled", async () => {
    const { map, store, clock } = rig("plain");
    store.delayed.set("set", new Promise(() => {}));
    await assertRejects(() => clock.until(map.set("a", 1)), StoreError);
    store.delayed.clear();
    await clock.advance(500);
    const next = map.set("a", 2);
    await clock.advance(400);
    assertEquals(store.rows.size, 0);
    await clock.until(next);
    assertEquals(store.rows.get("a")?.value, 2);
  });

  it("lets go of a call that is aborted while it waits: nothing was sent", async () => {
    const { map, store } = rig("plain");
    const { promise: delayed, resolve } = Promise.withResolvers<void>();
    store.delayed.set("set", delayed);
    const first = map.set("a", 1);
    const controller = new AbortController();
    const second = map.set("a", 2, { signal: controller.signal });
    const third = map.set("a", 3);
    controller.abort("enough");
    const { outcome, cause } = await assertRejects(() => second, StoreError, "the call was aborted");
    assertEquals([outcome, cause, store.sent], ["not applied", "enough", ["set"]]);
    resolve();
    await Promise.all([first, third]);
    assertEquals(store.sent, ["set", "set"]);
  });

  it("holds so many calls at most: others are refused, and may try again", async () => {
    const { store, clock } = rig("plain");
    const calls = new StoreCalls(() => "StoreMap", { clock }, store);
    const writes = new KeyWrites(store, calls, 2);
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const enter = (key: string) =>
      calls.run({ operation: "set", key }, {}, (call) => writes.write(call, [key], () => call.write(() => done)));
    const entered = [enter("a"), enter("a")];
    const refused = await assertRejects(
      () => enter("b"),
      StoreError,
      "Cannot complete set() of StoreMap: 2 calls are in the queue",
    );
    assertEquals([refused.outcome, refused.retryable], ["not applied", true]);
    resolve();
    await Promise.all(entered);
    await enter("b");
  });

  it("lets setMany wait for its turn for each of its keys", async () => {
    const { map, store } = rig("plain");
    const { promise: computed, resolve } = Promise.withResolvers<number>();
    const updated = map.update("b", () => computed);
    const set = map.setMany([["a", 5], ["b", 5]]);
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    assertEquals(store.sent, ["get"]);
    resolve(1);
    await Promise.all([updated, set]);
    assertEquals([store.rows.get("a")?.value, store.rows.get("b")?.value], [5, 5]);
  });

  it("takes the places for several keys at once, so that no two calls wait for each other", async () => {
    const { map, store } = rig("plain");
    await Promise.all([
      map.setMany([["a", 1], ["b", 1]]),
      map.setMany([["b", 2], ["a", 2]]),
      map.setMany([["a", 3], ["b", 3]]),
    ]);
    assertEquals([...store.rows].map(([key, { value }]) => [key, value]), [["a", 3], ["b", 3]]);
  });
});
