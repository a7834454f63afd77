/** The writes of an instance with an old map of its own, and what they delete in the store that it shares with others. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type AsyncConcurrentMap,
  type AsyncTwinMap,
  type AsyncTwinOptions,
  lift,
  NativeMap,
  StoreError,
  twin,
} from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore } from "../faulty_store.ts";
import { type Fate, RacedStore } from "../twin/raced_store.ts";
import { NEVER_MS, UnhurriedClock } from "../unhurried_clock.ts";

type Call = (map: AsyncConcurrentMap<string, unknown>) => Promise<unknown>;

/** Calls that remove the key `a`, if its value is 1, or `undefined`. */
const REMOVALS = {
  delete: (map) => map.delete("a"),
  getAndDelete: (map) => map.getAndDelete("a"),
  compareAndDelete: async (map) => await map.compareAndDelete("a", 1) || await map.compareAndDelete("a", undefined),
  update: (map) => map.update("a", () => undefined),
} as const satisfies Record<string, Call>;

/** Calls that set it to 1. */
const SETS = {
  set: (map) => map.set("a", 1),
  getOrInsertComputed: (map) => map.getOrInsertComputed("a", () => 1),
  getAndSet: (map) => map.getAndSet("a", 1),
  compareAndSet: (map) => map.compareAndSet("a", 1, 1),
} as const satisfies Record<string, Call>;

const CALLS = { ...REMOVALS, ...SETS };
type Name = keyof typeof CALLS;

const NAMES = Object.keys(CALLS) as Name[];

interface Rig {
  readonly clock: ManualClock;
  readonly old: AsyncConcurrentMap<string, unknown>;
  /** What it holds. */
  readonly own: NativeMap<string, unknown>;
  readonly shared: FaultyStore;
  readonly users: AsyncTwinMap<string, unknown>;
  /** From now on, the old map answers calls of this method with an unknown outcome. They take effect, or do not. */
  readonly lose: (name: Name, takesEffect: boolean) => void;
}

function rig(options: AsyncTwinOptions<string, unknown> = {}): Rig {
  const clock = new ManualClock();
  const own = new NativeMap<string, unknown>();
  const shared = new FaultyStore(clock);
  const old = lift(own);
  const users = twin(old, shared.map(), {
    clock,
    at: { stage: "dualwrite" },
    mirrorTimeoutMs: 100,
    unknownMs: 1_000,
    ...options,
  });
  const lose = (name: Name, takesEffect: boolean) => {
    const call = old[name].bind(old) as (...args: unknown[]) => Promise<unknown>;
    Object.assign(old, {
      [name]: async (...args: unknown[]) => {
        if (takesEffect) await call(...args);
        throw FaultyStore.down("unknown");
      },
    });
  };
  return { clock, old, own, shared, users, lose };
}

describe("a write of an instance with a private old map", () => {
  it("deletes no key of another instance, whatever becomes of it", async () => {
    for (const name of NAMES) {
      for (const takesEffect of name in REMOVALS ? [false, true] : [false]) {
        const { clock, shared, users, lose } = rig();
        shared.set("a", "another's");
        if (name in REMOVALS) await clock.until(CALLS[name](users));
        lose(name, takesEffect);
        await assertRejects(() => CALLS[name](users), StoreError);
        assertEquals(users.report().mirror.journaled, 1);
        await clock.advance(5_000);
        assertEquals([name, shared.get("a"), users.report().mirror.journaled], [name, "another's", 0]);
      }
    }
  });

  it("deletes no key of another instance because its callback failed when it had been given up", async () => {
    const store = new NativeMap<string, unknown>([["a", "another's"]]);
    const clock = new ManualClock();
    const options = { clock, at: { stage: "dualwrite" }, scope: { new: "store" }, unknownMs: 1_000 } as const;
    const users = twin(new Map<string, unknown>(), lift(store), options);
    const calls = {
      update: (fn: () => Promise<never>, signal: AbortSignal) => users.promised.update("a", fn, { signal }),
      getOrInsertComputed: (fn: () => Promise<never>, signal: AbortSignal) =>
        users.promised.getOrInsertComputed("a", fn, { signal }),
    };
    for (const call of Object.values(calls)) {
      const abort = new AbortController();
      const { promise, reject } = Promise.withResolvers<never>();
      const refused = assertRejects(() => call(() => promise, abort.signal));
      await clock.advance(1);
      abort.abort();
      await refused;
      reject(new Error("the callback fails"));
      await clock.advance(5_000);
      assertEquals([store.get("a"), users.report().mirror.journaled], ["another's", 0]);
    }
  });

  it("deletes a key that its own map held, though the outcome of its removal is unknown, after a restart, too", async () => {
    for (const name of Object.keys(REMOVALS) as (keyof typeof REMOVALS)[]) {
      for (const restarts of [false, true]) {
        const journal = new NativeMap<string, number>();
        const { clock, own, shared, users, lose } = rig({ journal });
        own.set("a", 1);
        shared.set("a", 1);
        shared.set("b", "another's");
        lose(name, true);
        await assertRejects(() => CALLS[name](users), StoreError);
        await clock.advance(10);
        if (restarts) {
          // The first process tries in vain, as if it had ended.
          const [alive, dead] = [new FaultyStore(clock), shared];
          for (const key of ["a", "b"]) alive.set(key, dead.get(key));
          dead.hang();
          const next = twin(lift(own), alive.map(), { clock, journal, at: { stage: "dualwrite" }, unknownMs: 1_000 });
          await clock.advance(5_000);
          assertEquals([name, alive.get("a"), alive.get("b")], [name, undefined, "another's"]);
          assertEquals(next.report().mirror.journaled, 0);
        } else {
          await clock.advance(5_000);
          assertEquals([name, shared.get("a"), shared.get("b")], [name, undefined, "another's"]);
        }
      }
    }
  });

  it("deletes no key that its journal does not know to be its own, after a restart", async () => {
    const journal = new NativeMap<string, number>();
    const { clock, own, shared, users, lose } = rig({ journal });
    lose("delete", true);
    await assertRejects(() => users.delete("a"), StoreError);
    await clock.advance(10);
    assertEquals([...journal], [["a", 0]]);
    shared.set("a", "another's");
    shared.hang();
    const alive = new FaultyStore(clock);
    alive.set("a", "another's");
    twin(lift(own), alive.map(), { clock, journal, at: { stage: "dualwrite" }, unknownMs: 1_000 });
    await clock.advance(5_000);
    assertEquals([alive.get("a"), journal.size], ["another's", 0]);
  });

  it("deletes its own key again when the copy of its removal failed", async () => {
    for (const call of Object.values(REMOVALS)) {
      const { clock, own, shared, users } = rig();
      own.set("a", 1);
      shared.set("a", 1);
      shared.error = FaultyStore.down("unknown");
      await clock.until(call(users));
      assertEquals([own.has("a"), users.report().mirror.journaled], [false, 1]);
      shared.error = undefined;
      await clock.advance(60_000);
      assertEquals([shared.get("a"), users.report().mirror.journaled], [undefined, 0]);
    }
  });

  it("deletes its own key though another write set that while its removal, of unknown outcome, was under way", async () => {
    for (const isSetFirst of [true, false]) {
      const { clock, old, own, shared, users } = rig();
      const [failed, isSet] = [Promise.withResolvers<never>(), Promise.withResolvers<void>()];
      old.delete = () => failed.promise;
      old.set = async (key, value) => {
        own.set(key, value);
        await isSet.promise;
        return old;
      };
      const removed = assertRejects(() => users.delete("a"), StoreError);
      const set = users.set("a", 1);
      if (isSetFirst) {
        isSet.resolve();
        await clock.until(set);
      }
      failed.reject(FaultyStore.down("unknown"));
      await removed;
      isSet.resolve();
      await clock.until(set);
      assertEquals([shared.get("a"), users.report().mirror.journaled], [1, 1]);
      own.delete("a");
      await clock.advance(5_000);
      assertEquals([shared.get("a"), users.report().mirror.journaled], [undefined, 0]);
    }
  });

  it("removes a key from both maps whose value is undefined, and leaves one that its own map lacks", async () => {
    for (const [name, call] of Object.entries(REMOVALS)) {
      for (const mirror of ["inline", "queued"] as const) {
        const { clock, own, shared, users } = rig({ mirror });
        await clock.until(users.set("a", undefined));
        await clock.until(users.settle());
        assertEquals(shared.entries.has("a"), true);
        await clock.until(call(users));
        await clock.until(users.settle());
        assertEquals([name, own.has("a"), shared.entries.has("a")], [name, false, false]);
        shared.set("a", "another's");
        await clock.until(call(users));
        await clock.until(users.settle());
        assertEquals([name, shared.get("a")], [name, "another's"]);
      }
    }
  });

  it("removes a key whose value is undefined that another write has just set", async () => {
    for (const name of ["getAndDelete", "update"] as const) {
      const { clock, old, own, shared, users } = rig();
      const { promise: isSet, resolve: goOn } = Promise.withResolvers<void>();
      const remove = old[name].bind(old) as (...args: unknown[]) => Promise<unknown>;
      Object.assign(old, { [name]: (...args: unknown[]) => isSet.then(() => remove(...args)) });
      const removed = CALLS[name](users);
      await clock.until(users.set("a", undefined));
      await clock.until(users.settle());
      assertEquals(shared.entries.has("a"), true);
      goOn();
      await clock.until(removed);
      await clock.until(users.settle());
      assertEquals([name, own.has("a"), shared.entries.has("a")], [name, false, false]);
    }
  });

  it("waits for no answer of its own map when its signal is aborted", async () => {
    const clock = new ManualClock();
    const own = new FaultyStore(clock);
    const scope = { old: "process" } as const;
    const users = twin(own.map(), new FaultyStore(clock).map(), { clock, scope, at: { stage: "dualwrite" } });
    own.hang();
    const abort = new AbortController();
    const refused = assertRejects(() => users.delete("a", { signal: abort.signal }), StoreError, "aborted");
    await clock.advance(10);
    abort.abort();
    assertEquals((await refused).outcome, "not applied");
  });

  it("removes a key from its own map that the store lacks, where that decides", async () => {
    for (const name of ["delete", "getAndDelete", "update"] as const) {
      const { clock, own, users } = rig({ at: { stage: "live", percent: 100 } });
      own.set("a", 1);
      await clock.until(CALLS[name](users));
      await clock.until(users.settle());
      assertEquals([name, own.has("a")], [name, false]);
    }
  });

  it("leaves the entries of all instances in the shared store, and no other ones, in whatever order commands take effect", async () => {
    const key = fc.constantFrom("mine", "shared", "theirs");
    const value = fc.integer({ min: 1, max: 3 });
    type NumberCall = (map: AsyncConcurrentMap<string, number>) => Promise<unknown>;
    const call = fc.oneof<fc.Arbitrary<NumberCall>[]>(
      value.map((value): NumberCall => (map) => map.set("mine", value)),
      value.map((value): NumberCall => (map) => map.update("mine", (now) => now === value ? undefined : value)),
      key.map((key): NumberCall => (map) => map.delete(key)),
      key.map((key): NumberCall => (map) => map.getAndDelete(key)),
      key.map((key): NumberCall => (map) => map.update(key, () => undefined)),
      fc.tuple(key, value).map(([key, value]): NumberCall => (map) => map.compareAndDelete(key, value)),
    );
    const callers = fc.array(fc.array(call, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
    const fates = fc.infiniteStream(fc.constantFrom<Fate[]>("ok", "ok", "refused", "lost", "applied but lost"));
    const instances = fc.constantFrom("one", "many");
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), callers, fates, instances, async (scheduler, callers, fates, instances) => {
        let isCalm = false;
        const fateOf = () => isCalm ? "ok" : fates.next().value as Fate;
        const own = new RacedStore(scheduler, "old", [["mine", 1]], { fateOf });
        const shared = new RacedStore(scheduler, "new", [["mine", 1], ["shared", 1], ["theirs", 2]], { fateOf });
        const clock = new UnhurriedClock(scheduler);
        const users = twin(own.map(clock), shared.map(clock), {
          clock,
          instances,
          scope: { old: "process" },
          at: { stage: "dualwrite" },
          mirrorTimeoutMs: NEVER_MS,
          unknownMs: NEVER_MS,
        });
        const made = async (calls: readonly NumberCall[]) => {
          for (const call of calls) await call(users).catch(() => {});
        };
        await scheduler.waitFor(Promise.all(callers.map(made)));
        isCalm = true;
        const journalEmpty = async () => {
          while (users.report().mirror.journaled > 0) {
            await Promise.all([own.quiet(), shared.quiet()]);
            clock.pass(NEVER_MS);
            await new Promise<void>((resolve) => clock.schedule(resolve, 500));
          }
        };
        await scheduler.waitFor(users.settle());
        await scheduler.waitFor(journalEmpty());
        await scheduler.waitFor(users.settle());
        const others: [string, number][] = [["shared", 1], ["theirs", 2]];
        assertEquals([...shared.entries].sort(), [...own.entries, ...others].sort());
        users.close();
      }),
      { numRuns: 200 },
    );
  });
});
