/** Checks that every operation on one key is one step, whatever happens around it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Clock, StoreError } from "@twinmap/twinmap";
import { checkLinearizable, mapModel } from "@twinmap/twinmap/linearizability";
import fc from "fast-check";
import { calls } from "../../verify/linearizability/histories.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { seededRandom } from "../../../testing/seeded_random.ts";
import { RacingClock } from "../../verify/racing_clock.ts";
import { recorded } from "./recorded.ts";
import { type Pause, SteppedStore, StoreMap } from "./stepped_store.ts";

/** The calls of three clients, which often meet. */
const CLIENTS = fc.array(fc.array(calls(2, 2), { minLength: 1, maxLength: 4, size: "max" }), {
  minLength: 3,
  maxLength: 3,
});

const TIMEOUT_MS = 5_000;

/** A clock on which nothing ever times out, and pauses last a step. */
function patientClock(pause: Pause): Clock {
  return {
    now: () => 0,
    monotonicMs: () => 0,
    schedule: (task, delayMs) => void (delayMs < TIMEOUT_MS && pause().then(task)),
  };
}

/** The property that the clients' history is linearizable, in whatever order they take their steps. */
function isLinearizable(
  { kind, maps, clockOf, aborts }: {
    readonly kind: "atomic" | "plain";
    /** How many map objects there are, as in so many processes. */
    readonly maps: number;
    readonly clockOf: (scheduler: fc.Scheduler, pause: Pause) => Clock;
    readonly aborts: boolean;
  },
) {
  return fc.asyncProperty(fc.scheduler(), CLIENTS, async (scheduler, clients) => {
    const pause = () => scheduler.schedule(Promise.resolve());
    const store = new SteppedStore<unknown, unknown>(kind, pause);
    const options = { clock: clockOf(scheduler, pause), timeoutMs: TIMEOUT_MS };
    const objects = Array.from({ length: maps }, () => new StoreMap(store, options));
    const signalOf = () => {
      const controller = new AbortController();
      pause().then(pause).then(pause).then(() => controller.abort());
      return controller.signal;
    };
    const mapOf = (client: number) => objects[client % maps] as StoreMap<unknown, unknown>;
    const history = await scheduler.waitFor(recorded(clients, mapOf, pause, aborts ? signalOf : undefined));
    const { verdict, violations } = checkLinearizable(history, mapModel());
    assertEquals(verdict, "linearizable", violations[0]?.timeline);
  });
}

describe("a map over a store that can compare and set", () => {
  it("is linearizable to those who use one map object", async () => {
    await fc.assert(
      isLinearizable({ kind: "atomic", maps: 1, clockOf: (_, pause) => patientClock(pause), aborts: false }),
    );
  });

  it("is linearizable to those who use several, as several processes do", async () => {
    await fc.assert(
      isLinearizable({ kind: "atomic", maps: 3, clockOf: (_, pause) => patientClock(pause), aborts: false }),
    );
  });

  it("is linearizable if calls are aborted or time out anywhere: those that were not applied did nothing", async () => {
    const clockOf = (scheduler: fc.Scheduler) => new RacingClock(scheduler);
    await fc.assert(isLinearizable({ kind: "atomic", maps: 2, clockOf, aborts: true }));
  });
});

describe("a map over a store that only gets and sets", () => {
  it("is linearizable to those who use one map object", async () => {
    await fc.assert(
      isLinearizable({ kind: "plain", maps: 1, clockOf: (_, pause) => patientClock(pause), aborts: false }),
    );
  });

  it("is linearizable if calls are aborted anywhere: those that were not applied did nothing", async () => {
    await fc.assert(
      isLinearizable({ kind: "plain", maps: 1, clockOf: (_, pause) => patientClock(pause), aborts: true }),
    );
  });
});

describe("64 concurrent callers of a map over a store with random delays", () => {
  for (const [kind, maps] of [["atomic", 1], ["atomic", 2], ["plain", 1]] as const) {
    it(`see one step for each call, over a store that is ${kind}, through ${maps} map${maps > 1 ? "s" : ""}`, async () => {
      const clock = new ManualClock();
      const random = seededRandom(1);
      const pause = () => new Promise<void>((resolve) => clock.schedule(resolve, 1 + random() * 20));
      const store = new SteppedStore<unknown, unknown>(kind, pause);
      const objects = Array.from({ length: maps }, () => new StoreMap(store, { clock, timeoutMs: 1_000_000 }));
      const clients = fc.sample(fc.array(calls(16, 3), { minLength: 8, maxLength: 8 }), { numRuns: 64, seed: 1 });
      const mapOf = (client: number) => objects[client % maps] as StoreMap<unknown, unknown>;
      const history = await clock.until(recorded(clients, mapOf, pause));
      assertEquals(history.length, 64 * 8);
      const { verdict, violations } = checkLinearizable(history, mapModel());
      assertEquals(verdict, "linearizable", violations[0]?.timeline);
    });
  }
});

describe("getOrInsertComputed() of a map over a store", () => {
  const rig = () => {
    const store = new SteppedStore<string, number>("atomic");
    const clock = new ManualClock();
    return { store, clock, map: new StoreMap(store, { clock }) };
  };

  it("computes once for all who wait, and gives all the one result", async () => {
    await fc.assert(fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const pause = () => scheduler.schedule(Promise.resolve());
      const map = new StoreMap(new SteppedStore<string, object>("atomic", pause), { clock: patientClock(pause) });
      const keys: string[] = [];
      const compute = async (key: string) => {
        keys.push(key);
        await pause();
        return {};
      };
      const values = await scheduler.waitFor(
        Promise.all([1, 2, 3, 4].map(() => map.getOrInsertComputed("a", compute))),
      );
      assertEquals(keys, ["a"]);
      assertEquals(new Set(values).size, 1);
    }));
  });

  it("gives an error to all who wait, stores nothing, and computes anew for the next one", async () => {
    const { map, store } = rig();
    const failing = [() => Promise.reject(new RangeError("no")), () => {
      throw new RangeError("no");
    }];
    for (const compute of failing) {
      const results = await Promise.allSettled([1, 2, 3].map(() => map.getOrInsertComputed("a", compute)));
      const errors = results.map((result) => result.status === "rejected" && result.reason);
      assert(errors[0] instanceof RangeError);
      assertEquals(new Set(errors).size, 1);
      assertEquals(store.rows.size, 0);
    }
    assertEquals(await map.getOrInsertComputed("a", () => 1), 1);
  });

  it("gives all the value that another one stored meanwhile", async () => {
    const { map, store } = rig();
    const compute = async () => {
      await map.set("a", 2);
      return 1;
    };
    assertEquals(await Promise.all([1, 2].map(() => map.getOrInsertComputed("a", compute))), [2, 2]);
    assertEquals(store.rows.get("a")?.value, 2);
  });

  it("lets a signal end the wait of its own caller alone, whose outcome is unknown", async () => {
    const { map, store } = rig();
    const { promise: computed, resolve } = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const first = map.getOrInsertComputed("a", () => computed, { signal: leaving.signal });
    const second = map.getOrInsertComputed("a", () => 9);
    const stays = second.then((value) => value);
    await Promise.resolve();
    setTimeout(() => leaving.abort(), 0);
    const { outcome } = await assertRejects(() => first, StoreError, "the call was aborted");
    assertEquals(outcome, "unknown");
    resolve(1);
    assertEquals([await stays, store.rows.get("a")?.value], [1, 1]);
  });

  it("does not join a computation whose value may be stored and gone already", async () => {
    const { map, store } = rig();
    const { promise: held, resolve: answer } = Promise.withResolvers<void>();
    store.held.set("compareAndSet", held);
    const first = map.getOrInsertComputed("a", () => 1);
    while (!store.rows.has("a")) await Promise.resolve();
    store.rows.delete("a");
    store.held.delete("compareAndSet");
    const second = map.getOrInsertComputed("a", () => 2);
    answer();
    assertEquals([await first, await second], [1, 2]);
  });

  it("stores nothing that comes after the time limit, and tells so", async () => {
    const { map, store, clock } = rig();
    const { promise: computed, resolve } = Promise.withResolvers<number>();
    const waiting = Promise.allSettled([1, 2].map(() => map.getOrInsertComputed("a", () => computed)));
    const results = await clock.until(waiting);
    const outcomes = results.map((result) => result.status === "rejected" && result.reason.outcome);
    assertEquals(outcomes, ["not applied", "not applied"]);
    resolve(1);
    await clock.advance(10_000);
    assertEquals(store.rows.size, 0);
  });

  it("does not call compute for a key that is present, but refuses what is not a function", async () => {
    const { map } = rig();
    await map.set("a", 1);
    const fail = () => Promise.reject(new Error("called"));
    assertEquals(await map.getOrInsertComputed("a", fail), 1);
    const call = () => map.getOrInsertComputed("a", undefined as unknown as () => number);
    await assertRejects(call, TypeError, "Cannot call getOrInsertComputed: its callback must be a function");
  });
});
