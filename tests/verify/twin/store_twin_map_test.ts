/** The twin of a map and a store: synchronous and promised calls side by side, moves, and maps that share a store. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type AsyncConcurrentMap,
  type AsyncTwinOptions,
  type Clock,
  lift,
  NativeMap,
  StageError,
  type StoreTwinMap,
  twin,
  type TwinReport,
} from "@twinmap/twinmap";
import { ManualClock } from "@twinmap/twinmap/testing";
import fc from "fast-check";
import { forced } from "../../move_to.ts";
import { asAsyncStore, DelayedStore } from "../../testing/conformance/delayed_store.ts";
import { StoreMap } from "../../testing/conformance/store_map.ts";
import { FaultyStore } from "../faulty_store.ts";
import { RacingClock } from "../racing_clock.ts";
import { RacedStore } from "./raced_store.ts";

type Users = StoreTwinMap<string, number>;
/** A call of one of the two faces. */
type Call = (users: Users) => unknown;

const NEVER_MS = 2 ** 30;

/** A clock of races on which no time runs out. */
class UnhurriedClock extends RacingClock {
  override schedule(task: () => void, delayMs: number): void {
    if (delayMs < NEVER_MS / 100) super.schedule(task, delayMs);
  }
}

const key = fc.constantFrom("a", "b");
const value = fc.integer({ min: 0, max: 3 });
const either = <A extends unknown[]>(
  args: fc.Arbitrary<A>,
  sync: (users: Users, ...args: A) => unknown,
  promised: (users: AsyncConcurrentMap<string, number>, ...args: A) => Promise<unknown>,
): fc.Arbitrary<Call> =>
  fc.tuple(args, fc.boolean()).map(([args, isSync]) => (users) =>
    isSync ? sync(users, ...args) : promised(users.promised, ...args)
  );
const call = fc.oneof(
  { weight: 4, arbitrary: either(fc.tuple(key, value), (m, k, v) => m.set(k, v), (m, k, v) => m.set(k, v)) },
  { weight: 3, arbitrary: either(fc.tuple(key), (m, k) => m.get(k), (m, k) => m.get(k)) },
  { weight: 2, arbitrary: either(fc.tuple(key), (m, k) => m.delete(k), (m, k) => m.delete(k)) },
  {
    weight: 2,
    arbitrary: either(
      fc.tuple(key),
      (m, k) => m.update(k, (now = 0) => now + 1),
      (m, k) => m.update(k, (now = 0) => now + 1),
    ),
  },
  either(fc.tuple(key, value), (m, k, v) => m.getOrInsert(k, v), (m, k, v) => m.getOrInsert(k, v)),
  either(fc.tuple(key, value), (m, k, v) => m.getAndSet(k, v), (m, k, v) => m.getAndSet(k, v)),
  either(fc.tuple(key), (m, k) => m.getAndDelete(k), (m, k) => m.getAndDelete(k)),
  either(
    fc.tuple(key, value, value),
    (m, k, was, v) => m.compareAndSet(k, was, v),
    (m, k, was, v) => m.compareAndSet(k, was, v),
  ),
  either(fc.tuple(key, value), (m, k, was) => m.compareAndDelete(k, was), (m, k, was) => m.compareAndDelete(k, was)),
  either(fc.constant([]), (m) => m.clear(), (m) => m.clear()),
);
const callers = fc.array(fc.array(call, { maxLength: 8 }), { minLength: 1, maxLength: 3 });
const options = fc.record<AsyncTwinOptions<string, number>>({
  instances: fc.constantFrom("one", "many"),
  mirror: fc.constantFrom("inline", "queued"),
  // Two keys wait, and another one goes to the journal.
  maxPending: fc.constantFrom(2, 65_536),
});

function assertNoDiff({ due, matched, late, inconclusive, dropped, ignored, recent }: TwinReport): void {
  assertEquals(recent, []);
  assertEquals(due, matched + late + inconclusive + dropped + ignored);
}

function sorted(entries: Iterable<readonly [string, number]>): unknown {
  return [...entries].sort();
}

async function made(calls: readonly Call[], users: Users, clock: Clock): Promise<void> {
  for (const call of calls) {
    await new Promise<void>((resolve) => void clock.schedule(resolve, 0));
    await call(users);
  }
}

/** Waits until the journal is empty. */
async function journalEmpty(users: Users, clock: Clock): Promise<void> {
  while (users.report().mirror.journaled > 0) {
    await new Promise<void>((resolve) => void clock.schedule(resolve, 2_000));
  }
}

describe("StoreTwinMap", () => {
  it("has both maps equal and finds no diff, whatever calls of both faces, copies and moves overlap", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callers, options, async (scheduler, callers, options) => {
        const old = new Map([["a", 1], ["z", 2]]);
        const store = new RacedStore(scheduler, "new");
        const clock = new UnhurriedClock(scheduler);
        const users: Users = twin(old, store.map(clock), {
          ...options,
          clock,
          mirrorTimeoutMs: NEVER_MS,
          unknownMs: NEVER_MS,
        });
        const moves = async () => {
          await users.stage("dualwrite");
          await users.backfill();
          await users.stage("shadow");
        };
        await scheduler.waitFor(Promise.all([moves(), ...callers.map((calls) => made(calls, users, clock))]));
        await scheduler.waitFor(users.settle());
        await scheduler.waitFor(journalEmpty(users, clock));
        await scheduler.waitFor(users.settle());
        assertNoDiff(users.report());
        assertEquals(sorted(store.entries), sorted(old));
        users.close();
      }),
      { numRuns: 150 },
    );
  });

  it("copies what the map holds when its turn comes, once for many writes", async () => {
    const clock = new ManualClock();
    const sets: unknown[] = [];
    class Store extends NativeMap<string, { n: number }> {
      override set(key: string, value: { n: number }): this {
        sets.push(structuredClone(value));
        return super.set(key, value);
      }
    }
    const users = twin(new Map<string, { n: number }>(), lift(new Store()), { clock, at: { stage: "dualwrite" } });
    const ann = { n: 1 };
    users.set("ann", ann).set("ann", ann);
    ann.n = 2;
    await clock.until(users.settle());
    assertEquals(sets, [{ n: 2 }]);
  });

  it("copies keys from the journal for which there was no room", async () => {
    const clock = new ManualClock();
    const store = new NativeMap<string, number>();
    const users = twin(new Map<string, number>(), lift(store), {
      clock,
      at: { stage: "dualwrite" },
      maxPending: 2,
    });
    for (const key of ["a", "b", "c", "d"]) users.set(key, 1);
    assertEquals([users.report().mirror.pending, users.report().mirror.journaled], [2, 2]);
    await clock.advance(2_000);
    await clock.until(users.settle());
    assertEquals([users.report().mirror.journaled, store.size], [0, 4]);
  });

  it("copies a synchronous write last that came between a promised one and its answer", async () => {
    const hasty: Clock = {
      now: () => Date.now(),
      monotonicMs: () => performance.now(),
      schedule: (task, delayMs) => void (delayMs === 0 && queueMicrotask(task)),
    };
    for (let turns = 0; turns < 16; turns++) {
      const [old, store] = [new Map<string, number>(), new NativeMap<string, number>()];
      const users = twin(old, lift(store), { clock: hasty, instances: "one", at: { stage: "dualwrite" } });
      const set = users.promised.set("a", 1);
      for (let turn = 0; turn < turns; turn++) await undefined;
      users.set("a", 2);
      await set;
      await users.settle();
      assertEquals([...store], [...old]);
    }
  });

  it("copies a key that is written all the time, and takes that for no failure", async () => {
    const old = new Map<string, number>();
    let isBusy = true;
    class Store extends NativeMap<string, number> {
      override set(key: string, value: number): this {
        if (isBusy) users.set(key, value + 1);
        return super.set(key, value);
      }
    }
    const store = new Store();
    const users = twin(old, lift(store), { at: { stage: "dualwrite" } });
    users.set("a", 0);
    while ((store.get("a") ?? 0) < 100) await users.settle();
    isBusy = false;
    await users.settle();
    assertEquals([...store], [...old]);
    assertEquals([users.report().mirror.errors, users.report().mirror.journaled], [0, 0]);
    users.close();
  });

  it("claims nothing of a key whose copy waits", async () => {
    const clock = new ManualClock();
    class Hanging extends StoreMap {
      override async set(key: unknown, value: unknown): Promise<this> {
        return key === "a" ? await super.set(key, value) : await new Promise<never>(() => {});
      }
    }
    const store = new Hanging(asAsyncStore(new DelayedStore(), true));
    await store.set("a", 1);
    const users = twin<unknown, unknown>(new Map([["a", 1]]), store, {
      clock,
      at: { stage: "shadow" },
      settleMs: [10],
      mirrorTimeoutMs: NEVER_MS,
      unknownMs: NEVER_MS,
    });
    for (let at = 0; at < 64; at++) users.set(at, 0);
    users.set("a", 2);
    users.get("a");
    await clock.advance(60_000);
    const { due, diffs, mirror } = users.report();
    assertEquals([due, diffs, mirror.pending], [1, 0, 65]);
    users.close();
  });

  it("does not take a new map to be whole if a call wrote to the old one while the twin moved", async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    class Slow extends StoreMap {
      override async *keys(): AsyncGenerator<unknown, undefined> {
        ask();
        await answered;
        yield* super.keys();
      }
    }
    const store = new Slow(asAsyncStore(new DelayedStore(), true));
    const users = twin<unknown, unknown>(new Map(), store);
    const moved = users.stage("dualwrite");
    await asked;
    users.set("a", 1);
    answer();
    await moved;
    const { conditions } = users.report().gate;
    assertEquals(conditions.find(({ name }) => name === "backfill")?.verdict, "hold");
    users.close();
  });

  it("moves to live once no synchronous call has come for syncIdleMs, and says how many came", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), lift(new NativeMap<string, number>()), {
      clock,
      at: { stage: "shadow" },
      syncIdleMs: 60_000,
    });
    users.get("a");
    users.set("a", 2);
    await clock.advance(59_000);
    assertEquals(users.size, 1);
    const error = await assertRejects(() => clock.until(users.stage("live", forced("live", 0))), StageError);
    assertEquals(error.missing, ["1 minute without a synchronous call: there were 3"]);
    assertEquals(users.report().stage, "shadow");
    await clock.advance(62_000);
    await users.promised.get("a");
    await clock.until(users.stage("live", forced("live", 0)));
    assertEquals(users.report().stage, "live");
  });

  it("moves to live only when what a call wrote is copied that came while it moved", async () => {
    for (const instances of ["one", "many"] as const) {
      for (const isCopySlow of [false, true]) {
        const clock = new ManualClock();
        const store = new FaultyStore(clock);
        const slow = store.map<number>();
        const asked = Promise.withResolvers<void>();
        const users = twin(new Map([["a", 1]]), slow, {
          clock,
          instances,
          at: { stage: "shadow" },
          syncIdleMs: 60,
          mirrorTimeoutMs: 1_000,
          unknownMs: NEVER_MS,
        });
        const { keys } = slow;
        slow.keys = async function* () {
          await asked.promise;
          return yield* keys.call(slow);
        };
        const moved = users.stage("live", forced("live", 100)).then(() => "moved", (error) => error.missing);
        await clock.advance(1);
        store.hang("writes");
        users.set("a", 2);
        await clock.advance(500);
        asked.resolve();
        await clock.advance(500);
        assertEquals(users.report().stage, "shadow");
        await clock.advance(isCopySlow ? 5_000 : 0);
        store.answer();
        await clock.advance(0);
        assertEquals(await clock.until(moved), isCopySlow ? ["the copies of what synchronous calls wrote"] : "moved");
        await clock.until(users.settle());
        assertEquals([await users.promised.get("a"), store.get("a")], [2, 2]);
        users.close();
      }
    }
  });

  it("refuses synchronous calls from live on, until it has moved back", async () => {
    const clock = new ManualClock();
    const users = twin(new Map([["a", 1]]), lift(new NativeMap([["a", 1]])), {
      clock,
      at: { stage: "live", percent: 0 },
    });
    const calls: ((map: StoreTwinMap<string, number>) => unknown)[] = [
      (map) => map.get("a"),
      (map) => map.has("a"),
      (map) => map.set("a", 2),
      (map) => map.delete("a"),
      (map) => map.clear(),
      (map) => map.size,
      (map) => map.getOrInsert("a", 2),
      (map) => map.getOrInsertComputed("a", () => 2),
      (map) => map.getAndSet("a", 2),
      (map) => map.getAndDelete("a"),
      (map) => map.compareAndSet("a", 1, 2),
      (map) => map.compareAndDelete("a", 1),
      (map) => map.update("a", () => 2),
      (map) => map.forEach(() => {}),
      (map) => map.entries(),
      (map) => map.keys(),
      (map) => map.values(),
      (map) => map.snapshot(),
      (map) => map[Symbol.iterator](),
    ];
    for (const call of calls) assertThrows(() => call(users), StageError, "promised");
    assertEquals(await users.promised.get("a"), 1);
    await clock.until(users.stage("shadow"));
    assertEquals(users.get("a"), 1);
  });
});
