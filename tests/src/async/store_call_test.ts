/** Checks what is known of a call that failed, timed out or was aborted. */
import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncConcurrentMap, type AsyncStore, StoreError, type StoreFailure } from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { SteppedStore, StoreMap } from "./stepped_store.ts";

type Calls = Record<string, (map: AsyncConcurrentMap<string, number>, signal?: AbortSignal) => Promise<unknown>>;

const READS: Calls = {
  get: (map, signal) => map.get("a", { signal }),
  has: (map, signal) => map.has("a", { signal }),
  size: (map, signal) => map.size({ signal }),
  getMany: (map, signal) => map.getMany(["a", "b"], { signal }),
  entries: (map, signal) => Array.fromAsync(map.entries({ signal })),
};

/** Each of them has an effect on a map where `a` is 1. */
const WRITES: Calls = {
  set: (map, signal) => map.set("a", 2, { signal }),
  delete: (map, signal) => map.delete("a", { signal }),
  setMany: (map, signal) => map.setMany([["a", 2], ["b", 2]], { signal }),
  clear: (map, signal) => map.clear({ signal }),
  getOrInsert: (map, signal) => map.getOrInsert("b", 2, { signal }),
  getOrInsertComputed: (map, signal) => map.getOrInsertComputed("b", () => 2, { signal }),
  getAndSet: (map, signal) => map.getAndSet("a", 2, { signal }),
  getAndDelete: (map, signal) => map.getAndDelete("a", { signal }),
  compareAndSet: (map, signal) => map.compareAndSet("a", 1, 2, { signal }),
  compareAndDelete: (map, signal) => map.compareAndDelete("a", 1, { signal }),
  update: (map, signal) => map.update("a", async (value = 0) => await value + 1, { signal }),
};

const never = new Promise<never>(() => {});

function rig(kind: "atomic" | "plain" = "atomic") {
  const store = new SteppedStore<string, number>(kind);
  store.rows.set("a", { value: 1 });
  const clock = new ManualClock();
  return { store, clock, map: new StoreMap(store, { clock }) };
}

/** A store whose commands fail with an error. */
function failing(error: unknown, failureOf?: (error: unknown) => StoreFailure | undefined): StoreMap<string, number> {
  const fail = () => Promise.reject(error);
  const store: AsyncStore<string, number> = {
    ...{ get: fail, set: fail, delete: fail },
    entries: async function* () {
      yield await Promise.reject(error);
    },
  };
  return new StoreMap(failureOf === undefined ? store : { ...store, failureOf });
}

function error(call: () => Promise<unknown>): Promise<StoreError> {
  return assertRejects(call, StoreError);
}

describe("a call of a map over a store that does not answer", () => {
  for (const [name, call] of Object.entries(READS)) {
    it(`rejects after the time limit: ${name}`, async () => {
      const { map, store, clock } = rig();
      for (const command of ["get", "next"]) store.held.set(command, never);
      const { message, outcome, retryable } = await error(() => clock.until(call(map)));
      assertEquals(message, `Cannot complete ${name}() of StoreMap: no answer within 5000 ms`);
      assertEquals([outcome, retryable], ["not applied", true]);
    });
  }

  for (const [name, call] of Object.entries(WRITES)) {
    it(`rejects after the time limit, and its outcome is unknown: ${name}`, async () => {
      for (const kind of ["atomic", "plain"] as const) {
        const { map, store, clock } = rig(kind);
        for (const command of ["set", "delete", "compareAndSet"]) store.held.set(command, never);
        const { message, outcome, retryable } = await error(() => clock.until(call(map)));
        assertEquals(
          message,
          `Cannot complete ${name}() of StoreMap: no answer within 5000 ms: it is unknown whether the write was applied`,
        );
        assertEquals([outcome, retryable], ["unknown", false]);
      }
    });
  }

  it("was surely not applied if it waited for a read", async () => {
    const { map, store, clock } = rig();
    store.held.set("get", never);
    for (const call of [WRITES.update!, WRITES.getOrInsertComputed!, WRITES.compareAndSet!]) {
      assertEquals((await error(() => clock.until(call(map)))).outcome, "not applied");
    }
  });

  it("takes as long as it needs where each step over many keys is in time", async () => {
    const clock = new ManualClock();
    const pause = () => new Promise<void>((resolve) => void clock.schedule(resolve, 1_000));
    const store = new SteppedStore<string, number>("plain", pause);
    const map = new StoreMap(store, { clock, timeoutMs: 3_000 });
    const entries = ["a", "b", "c", "d"].map((key, at): [string, number] => [key, at]);
    await clock.until(map.setMany(entries));
    assertEquals([...(await clock.until(map.getMany(["d", "x", "a"])))], [["d", 3], ["a", 0]]);
    assertEquals(await clock.until(map.size()), 4);
    assertEquals(await clock.until(Array.fromAsync(map)), entries);
    await clock.until(map.clear());
    assertEquals(store.rows.size, 0);
  });
});

describe("a call of a map over a store that fails", () => {
  const gone = new Error("the key is a");

  it("keeps the client's error as its cause, and shows neither its message nor the key", async () => {
    const failed = await error(() => failing(gone).get("a"));
    assertEquals(failed.message, "Cannot complete get() of StoreMap: the store failed");
    assertStrictEquals(failed.cause, gone);
    assertEquals([failed.store, failed.operation, failed.keyDigest?.length], ["StoreMap", "get", 12]);
    assertEquals((await error(() => failing(gone).size())).keyDigest, undefined);
  });

  it("has an unknown outcome if it is a write, unless the store knows more", async () => {
    assertEquals((await error(() => failing(gone).set("a", 1))).outcome, "unknown");
    assertEquals((await error(() => failing(gone).delete("a"))).outcome, "unknown");
    const known: StoreFailure = { outcome: "not applied", retryable: false, reason: "no permission" };
    for (const retryable of [true, false]) {
      const failed = await error(() => failing(gone, () => ({ ...known, retryable })).set("a", 1));
      assertEquals([failed.outcome, failed.retryable], ["not applied", retryable]);
      assertEquals(failed.message, "Cannot complete set() of StoreMap: no permission");
    }
  });

  it("can be tried again if it is a read, unless the store refuses it for good", async () => {
    const failure = async (outcome: "not applied" | "unknown", retryable: boolean) => {
      const failed = await error(() => failing(gone, () => ({ outcome, retryable, reason: "no" })).get("a"));
      return [failed.outcome, failed.retryable];
    };
    assertEquals(await failure("unknown", false), ["not applied", true]);
    assertEquals(await failure("not applied", true), ["not applied", true]);
    assertEquals(await failure("not applied", false), ["not applied", false]);
  });

  it("rejects with an error as it is, if the store says so, or if it is a StoreError", async () => {
    const invalid = new Error("not a value");
    assertStrictEquals(await assertRejects(() => failing(invalid, () => undefined).get("a")), invalid);
    const own = new StoreError("no", { store: "s", operation: "o", outcome: "not applied", retryable: true });
    assertStrictEquals(await assertRejects(() => failing(own).set("a", 1)), own);
  });

  it("has an unknown outcome once a part of it was applied", async () => {
    const own = new StoreError("no", { store: "s", operation: "o", outcome: "not applied", retryable: true });
    for (
      const [failure, failureOf] of [[gone, () => ({ outcome: "not applied", retryable: true, reason: "no" })], [
        own,
      ]] as const
    ) {
      const store = new SteppedStore<string, number>("plain");
      const set = store.set.bind(store);
      store.set = (key, value) => key === "b" ? Promise.reject(failure) : set(key, value);
      const map = new StoreMap(failureOf === undefined ? store : Object.assign(store, { failureOf }));
      const failed = await error(() => map.setMany([["a", 1], ["b", 2], ["c", 3]]));
      assertEquals([failed.outcome, failed.retryable, [...store.rows.keys()]], ["unknown", false, ["a"]]);
      assertEquals((await error(() => map.setMany([["b", 2]]))).outcome, "not applied");
    }
  });
});

describe("a call of a map over a store that is aborted", () => {
  it("sends nothing if it was aborted before", async () => {
    for (const [name, call] of Object.entries({ ...READS, ...WRITES })) {
      const { map, store } = rig();
      const failed = await error(() => call(map, AbortSignal.abort("enough")));
      assertEquals(failed.message, `Cannot complete ${name}() of StoreMap: the call was aborted`);
      assertEquals([failed.outcome, failed.retryable, failed.cause, store.sent], ["not applied", true, "enough", []]);
    }
  });

  for (const kind of ["atomic", "plain"] as const) {
    it(`did nothing at all if it says so, wherever it was aborted, over a store that is ${kind}`, async () => {
      const named = fc.constantFrom(...Object.entries(WRITES));
      await fc.assert(
        fc.asyncProperty(named, fc.nat({ max: 12 }), async ([name, call], step) => {
          const controller = new AbortController();
          let steps = 0;
          const store = new SteppedStore<string, number>(kind, async () => {
            if (steps++ === step) controller.abort("enough");
            await Promise.resolve();
          });
          store.rows.set("a", { value: 1 });
          const before = [...store.rows];
          const result = await call(new StoreMap(store), controller.signal).then(
            () => "applied",
            ({ outcome }) => outcome,
          );
          for (let turn = 0; turn < 50; turn++) {
            await Promise.resolve();
          }
          const isChanged = fc.stringify([...store.rows]) !== fc.stringify(before);
          if (result === "applied") assert(isChanged, `${name} was not applied`);
          if (result === "not applied") assert(!isChanged, `${name} was applied`);
          if (step === 0) assert(result !== "applied", `${name} was not aborted`);
        }),
        { numRuns: 500 },
      );
    });
  }

  it("leaves no listener at its signal", async () => {
    const { map } = rig();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = EventTarget.prototype;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    for (const call of Object.values({ ...READS, ...WRITES })) await call(map, signal);
    await assertRejects(() => failing(new Error()).get("a", { signal }));
    assertEquals(listeners, 0);
  });

  it("refuses options that there are not", async () => {
    const { map } = rig();
    const wrong = { ttl: 5 } as object;
    const known = /^Cannot call \w+\(\): unknown option "ttl"; known: signal(, ttlMs)?$/;
    for (
      const call of [() => map.set("a", 1, wrong), () => map.setMany([["a", 1]], wrong), () => map.get("a", wrong)]
    ) {
      assertMatch((await assertRejects(call, TypeError)).message, known);
    }
    assertEquals(await map.get("a"), 1);
  });

  it("refuses a signal that is none", async () => {
    const wrong = { signal: {} as unknown as AbortSignal };
    const message = "Cannot call a map: signal must be an AbortSignal: received an object";
    await assertRejects(() => rig().map.get("a", wrong), TypeError, message);
  });
});
