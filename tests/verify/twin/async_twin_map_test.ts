/** The twin of two stores under every interleaving of callers, copies, comparisons, moves and failures. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type AsyncConcurrentMap,
  type AsyncTwinMap,
  type AsyncTwinOptions,
  lift,
  NativeMap,
  twin,
  type TwinReport,
} from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { forced } from "../../move_to.ts";
import { NEVER_MS, UnhurriedClock } from "../unhurried_clock.ts";
import { type Fate, RacedStore } from "./raced_store.ts";

const KEYS = ["a", "b"];

type Users = AsyncTwinMap<string, number>;
type Call = (map: AsyncConcurrentMap<string, number>) => Promise<unknown>;

const key = fc.constantFrom(...KEYS);
const value = fc.integer({ min: 0, max: 3 });
const keyCall = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(key, value).map(([key, value]): Call => (map) => map.set(key, value)) },
  { weight: 3, arbitrary: key.map((key): Call => (map) => map.get(key)) },
  { weight: 2, arbitrary: key.map((key): Call => (map) => map.delete(key)) },
  { weight: 2, arbitrary: key.map((key): Call => (map) => map.update(key, (now = 0) => now + 1)) },
  fc.tuple(key, value).map(([key, value]): Call => (map) => map.getOrInsert(key, value)),
  fc.tuple(key, value).map(([key, value]): Call => (map) => map.getAndSet(key, value)),
  fc.tuple(key, value, value).map(([key, was, value]): Call => (map) => map.compareAndSet(key, was, value)),
);
const anyCall = fc.oneof({ weight: 10, arbitrary: keyCall }, fc.constant<Call>((map) => map.clear()));
const callersOf = (call: fc.Arbitrary<Call>) =>
  fc.array(fc.array(call, { maxLength: 8 }), { minLength: 1, maxLength: 3 });
const percents = fc.array(fc.constantFrom(0, 50, 100), { minLength: 1, maxLength: 5 });
const options = fc.record<AsyncTwinOptions<string, number>>({
  instances: fc.constantFrom("one", "many"),
  mirror: fc.constantFrom("inline", "queued"),
});

/** Brings a twin to `live`, and there from one percentage to the next. */
async function moveOn(users: Users, percents: readonly number[]): Promise<void> {
  await users.stage("dualwrite");
  await users.backfill();
  await users.stage("shadow");
  for (const percent of percents) await users.stage("live", forced("live", percent));
}

describe("AsyncTwinMap", () => {
  it("has both stores equal and finds no diff, in whatever order commands take effect", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        callersOf(anyCall),
        options,
        percents,
        async (scheduler, callers, options, moves) => {
          const oldStore = new RacedStore(scheduler, "old", [["a", 1], ["z", 2]]);
          const newStore = new RacedStore(scheduler, "new", [["b", 1]]);
          const clock = new UnhurriedClock(scheduler);
          const users = twin(oldStore.map(clock), newStore.map(clock), {
            ...options,
            clock,
            mirrorTimeoutMs: NEVER_MS,
            unknownMs: NEVER_MS,
          });
          await scheduler.waitFor(Promise.all([moveOn(users, moves), ...callers.map((calls) => made(calls, users))]));
          await scheduler.waitFor(users.settle());
          assertNoDiff(users.report());
          assertEquals(sorted(oldStore), sorted(newStore));
          users.close();
        },
      ),
      { numRuns: 120 },
    );
  });

  it("has both stores equal where several instances write, since each copy looks back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        callersOf(keyCall),
        callersOf(keyCall),
        async (scheduler, callersOfOne, callersOfOther) => {
          const oldStore = new RacedStore(scheduler, "old", [["a", 1]]);
          const newStore = new RacedStore(scheduler, "new", [["a", 1]]);
          const clock = new UnhurriedClock(scheduler);
          const options: AsyncTwinOptions<string, number> = {
            clock,
            mirror: "queued",
            mirrorTimeoutMs: NEVER_MS,
            unknownMs: NEVER_MS,
            at: { stage: "dualwrite" },
          };
          const [one, other] = [0, 1].map(() => twin(oldStore.map(clock), newStore.map(clock), options)) as [
            Users,
            Users,
          ];
          await scheduler.waitFor(Promise.all([
            ...callersOfOne.map((calls) => made(calls, one)),
            ...callersOfOther.map((calls) => made(calls, other)),
          ]));
          await scheduler.waitFor(Promise.all([one.settle(), other.settle()]));
          assertEquals(sorted(oldStore), sorted(newStore));
        },
      ),
      { numRuns: 120 },
    );
  });

  it("has both stores equal once the journal is empty, whatever becomes of the commands", async () => {
    const fates = fc.infiniteStream(fc.constantFrom<Fate[]>("ok", "ok", "refused", "lost", "applied but lost"));
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        callersOf(keyCall),
        options,
        fates,
        async (scheduler, callers, options, fates) => {
          let isCalm = false;
          const fateOf = () => isCalm ? "ok" : fates.next().value as Fate;
          const oldStore = new RacedStore(scheduler, "old", [["a", 1]], { fateOf });
          const newStore = new RacedStore(scheduler, "new", [["a", 1]], { fateOf });
          const clock = new UnhurriedClock(scheduler);
          const users = twin(oldStore.map(clock), newStore.map(clock), {
            ...options,
            clock,
            mirrorTimeoutMs: NEVER_MS,
            unknownMs: NEVER_MS,
            at: { stage: "shadow" },
          });
          const attempts = callers.map((calls) =>
            made(calls.map((call): Call => (map) => call(map).catch(() => {})), users)
          );
          await scheduler.waitFor(Promise.all(attempts));
          isCalm = true;
          const lostAreOver = () => Promise.all([oldStore.quiet(), newStore.quiet()]);
          await scheduler.waitFor(users.settle());
          await scheduler.waitFor(journalEmpty(users, clock, lostAreOver));
          await scheduler.waitFor(users.settle());
          assertNoDiff(users.report());
          assertEquals(sorted(oldStore), sorted(newStore));
          users.close();
        },
      ),
      { numRuns: 120 },
    );
  });

  it("writes one store alone at off and at complete", async () => {
    const calls: readonly Call[] = [
      (map) => map.set("a", 2),
      (map) => map.delete("b"),
      (map) => map.getOrInsert("c", 1),
      (map) => map.getOrInsertComputed("d", () => 1),
      (map) => map.update("e", () => 1),
      (map) => map.getAndSet("f", 1),
      (map) => map.getAndDelete("g"),
      (map) => map.compareAndSet("h", 1, 2),
      (map) => map.compareAndDelete("i", 1),
      (map) => map.setMany([["j", 2]]),
      (map) => map.clear(),
    ];
    for (const [stage, silent] of [["off", "new"], ["complete", "old"]] as const) {
      const held = [..."abghij"].map((key): [string, number] => [key, 1]);
      const stores = { old: new Map(held), new: new Map(held) };
      for (const mirror of ["inline", "queued"] as const) {
        const users = twin(lift(stores.old), lift(stores.new), { at: { stage }, mirror });
        await made(calls, users);
        await users.settle();
        assertEquals([...stores[silent]], held);
        users.close();
      }
    }
  });

  it("rejects and never throws, whatever it is given, and names the method that was called", async () => {
    const old = lift(new NativeMap<unknown, number>());
    const users = twin(old, lift(new NativeMap<unknown, number>()), { at: { stage: "shadow" } }) as unknown as Record<
      string,
      (...args: unknown[]) => Promise<unknown>
    >;
    const bad: Record<string, readonly unknown[]> = {
      getMany: [5],
      setMany: [[1]],
      getOrInsert: ["a", 1, { ttlMs: 5 }],
      getOrInsertComputed: ["a", () => 1, { ttlMs: 5 }],
      update: ["a", 5],
      forEach: [5],
    };
    for (const [name, args] of Object.entries(bad)) {
      const { message } = await assertRejects(() => users[name]!(...args), TypeError);
      const named = /^Cannot call (\w+)\(?\)?:/.exec(message)?.[1];
      assertEquals(named ?? name, name);
    }
    // A store of one's own may throw.
    const fails = () => {
      throw new TypeError("the test fails");
    };
    const good: Record<string, readonly unknown[]> = {
      get: ["a"],
      has: ["a"],
      getMany: [["a"]],
      size: [],
      snapshot: [],
      set: ["a", 1],
      delete: ["a"],
      update: ["a", () => 1],
      getAndSet: ["a", 1],
      clear: [],
    };
    for (const [name, args] of Object.entries(good)) {
      Object.assign(old, { [name]: fails });
      await assertRejects(() => users[name]!(...args), TypeError, "the test fails");
    }
  });

  it("moves though a store does not answer whether it is empty", async () => {
    const clock = new ManualClock();
    const silent = lift(new Map<string, number>());
    silent.keys = () => {
      const keys: AsyncIterableIterator<string> = {
        next: () => new Promise(() => {}),
        [Symbol.asyncIterator]: () => keys,
      };
      return keys;
    };
    const users = twin(lift(new Map<string, number>()), silent, { clock });
    await clock.until(users.stage("dualwrite"));
    assertEquals(users.report().stage, "dualwrite");
    users.close();
  });
});

async function made(calls: readonly Call[], users: Users): Promise<void> {
  for (const call of calls) await call(users);
}

/** Lets time pass until the journal is empty. Unknown outcomes take effect before. */
async function journalEmpty(users: Users, clock: UnhurriedClock, lostAreOver: () => Promise<unknown>): Promise<void> {
  while (users.report().mirror.journaled > 0) {
    await lostAreOver();
    clock.pass(NEVER_MS);
    await new Promise<void>((resolve) => clock.schedule(resolve, 500));
  }
}

function assertNoDiff({ due, matched, late, inconclusive, dropped, recent }: TwinReport): void {
  assertEquals(recent, []);
  assertEquals(due, matched + late + inconclusive + dropped);
}

function sorted({ entries }: RacedStore): unknown {
  return [...entries].sort();
}
