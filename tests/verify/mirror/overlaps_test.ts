/** What is known of a write in the middle of which a function of the caller's fails. */
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type AsyncConcurrentMap, type AsyncTwinMap, lift, NativeMap, StoreError, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { FaultyStore } from "../faulty_store.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly old: AsyncConcurrentMap<string, number>;
  readonly users: AsyncTwinMap<string, number>;
}

function rig(): Rig {
  const clock = new ManualClock();
  const old = lift(new NativeMap<string, number>());
  const users = twin(old, lift(new NativeMap<string, number>()), { clock, at: { stage: "dualwrite" } });
  return { clock, old, users };
}

describe("a write whose callback fails", () => {
  it("rejects with the error of the callback, and has changed nothing, whoever waits for its flight", async () => {
    for (const failure of [new Error("the test fails"), "a string", undefined]) {
      const { clock, old, users } = rig();
      const { promise, reject } = Promise.withResolvers<never>();
      const errorOf = (call: Promise<number | undefined>) => call.then(() => "none", (error: unknown) => error);
      const calls = [
        users.getOrInsertComputed("a", () => promise),
        users.getOrInsertComputed("a", () => 1),
        users.update("b", () => promise),
        old.getOrInsertComputed("a", () => 1),
      ].map(errorOf);
      await clock.advance(1);
      reject(failure);
      for (const error of await Promise.all(calls)) assertStrictEquals(error, failure);
      assertEquals(users.report().mirror.journaled, 0);
    }
  });

  it("may have changed something if it failed with another error than that", async () => {
    const { old, users } = rig();
    old.update = async (_, fn) => {
      await Promise.resolve(fn(undefined)).catch(() => {});
      throw FaultyStore.down("unknown");
    };
    const fail = () => Promise.reject(new Error("the test fails"));
    await assertRejects(() => users.update("a", fail), StoreError);
    assertEquals(users.report().mirror.journaled, 1);
  });
});
