import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, HashTrieMap, lift, NativeMap, ShardedMap, StoreError } from "@twinmap/twinmap";
import { checkLinearizable, mapModel } from "@twinmap/twinmap/linearizability";
import { LruMap } from "@twinmap/twinmap/lru";
import { WasmMap } from "@twinmap/twinmap/wasm";
import fc from "fast-check";
import { ManualClock } from "../../testing/manual_clock.ts";
import { backingsOf } from "../../src/backing.ts";
import { calls } from "../verify/linearizability/histories.ts";
import { behavesAsMap } from "./async/behaves_as_map.ts";
import { recorded } from "./async/recorded.ts";

describe("lift()", () => {
  it("answers every operation as a plain Map would", async () => {
    await behavesAsMap(() => lift(new Map()));
    await behavesAsMap(() => lift(new NativeMap()));
  });

  it("has the entries and the traits of the map, without copying it", async () => {
    const map = new ShardedMap([["a", 1]]);
    const lifted = lift(map);
    map.set("b", 2);
    await lifted.set("c", 3);
    assertEquals([await lifted.get("b"), map.get("c"), await lifted.size()], [2, 3, 3]);
    assertStrictEquals(lifted.traits, map.traits);
    assertStrictEquals(backingsOf(lifted)[0], map);
  });

  it("takes effect within each call, as one step", () => {
    const map = new Map([["a", 1]]);
    const lifted = lift(map);
    lifted.set("b", 2);
    lifted.compareAndSet("a", 1, 5);
    lifted.getOrInsert("c", 3);
    assertEquals([...map], [["a", 5], ["b", 2], ["c", 3]]);
    lifted.setMany([["d", 4], ["e", 5]]);
    lifted.delete("a");
    assertEquals([...map.keys()], ["b", "c", "d", "e"]);
    lifted.clear();
    assertEquals(map.size, 0);
  });

  it("is linearizable with asynchronous functions, also where the map keeps copies, and others write to it", async () => {
    const makers = [() => new NativeMap<unknown, unknown>(), () => new WasmMap<number, unknown>({ maxBytes: 2 ** 16 })];
    const clients = fc.array(fc.array(calls(1, 2), { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom(...makers),
      clients,
      async (scheduler, make, clients) => {
        const pause = () => scheduler.schedule(Promise.resolve());
        const clock = {
          ...new ManualClock(),
          now: () => 0,
          monotonicMs: () => 0,
          schedule: (task: () => void, ms: number) => void (ms < 100 && pause().then(task)),
        };
        const map = make() as ConcurrentMap<unknown, unknown>;
        const lifted = [lift(map, { clock }), lift(map, { clock })];
        const mapOf = (client: number) => lifted[client % 2] as ReturnType<typeof lift>;
        const history = await scheduler.waitFor(recorded(clients, mapOf, pause));
        const { verdict, violations } = checkLinearizable(history, mapModel());
        assertEquals(verdict, "linearizable", violations[0]?.timeline);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it("calls the function of update again if the key was changed, set or removed while it ran", async () => {
    const lifted = lift(new Map([["a", 1], ["b", 1]]));
    const seen: unknown[] = [];
    const answer = await lifted.update("a", async (value) => {
      seen.push(value);
      if (value === 1) await lifted.set("a", 2);
      return value === 1 ? undefined : 7;
    });
    assertEquals([answer, seen, await lifted.get("a")], [7, [1, 2], 7]);
    const removed = await lifted.update("b", async (value) => {
      if (value === 1) await lifted.delete("b");
      return value === 1 ? 5 : undefined;
    });
    assertEquals([removed, await lifted.has("b")], [undefined, false]);
  });

  it("rejects with what the map throws", async () => {
    const lifted = lift(new WasmMap<string, unknown>({ maxBytes: 2 ** 16 }));
    await assertRejects(() => lifted.get({} as unknown as string), TypeError, "key must be");
    await assertRejects(() => lifted.set("a", () => {}), TypeError);
    await assertRejects(() => lifted.getAndSet("a", () => {}), TypeError);
  });

  it("rejects, and does not throw, if it is called wrongly", async () => {
    const call = lift(new Map()).has("a", { signal: 1 as unknown as AbortSignal });
    await assertRejects(() => call, TypeError, "Cannot call a map: signal must be an AbortSignal: received 1");
  });

  it("names what the caller wrote if an option is wrong", () => {
    assertThrows(
      () => lift(new Map(), { timeout: 1 } as never),
      TypeError,
      'Cannot lift a map: unknown option "timeout"',
    );
    assertThrows(() => lift(new Map(), { timeoutMs: 0 }), RangeError, "Cannot lift a map: timeoutMs must be");
    assertThrows(
      () => lift({} as never),
      TypeError,
      "Cannot lift a map: it must be a Map or a ConcurrentMap: received an",
    );
  });

  it("does nothing in a call that was aborted", async () => {
    const map = new Map([["a", 1]]);
    const options = { signal: AbortSignal.abort("enough") };
    const { outcome, cause } = await assertRejects(() => lift(map).getAndSet("a", 2, options), StoreError);
    assertEquals([outcome, cause, map.get("a")], ["not applied", "enough", 1]);
    await assertRejects(
      () => lift(map).clear(options),
      StoreError,
      "Cannot complete clear() of Map: the call was aborted",
    );
    assertEquals(map.size, 1);
  });

  it("says that the outcome of setMany is unknown once an entry was set", async () => {
    class FullMap extends NativeMap<string, number> {
      override set(key: string, value: number): this {
        if (value > 1) {
          const details = { store: "FullMap", operation: "set", outcome: "not applied", retryable: true } as const;
          throw new StoreError("it is full", details);
        }
        return super.set(key, value);
      }
    }
    const map = new FullMap();
    const failed = async (entries: [string, number][]) =>
      await assertRejects(() => lift(map).setMany(entries), StoreError);
    assertEquals([(await failed([["a", 2], ["b", 1]])).outcome, map.size], ["not applied", 0]);
    const { outcome, message } = await failed([["a", 1], ["b", 2], ["c", 1]]);
    assertEquals([outcome, [...map.keys()]], ["unknown", ["a"]]);
    const reason = "some of the entries were written, others may not have been";
    assertStringIncludes(message, `Cannot complete setMany() of FullMap: ${reason}`);
  });

  it("limits the time of asynchronous functions", async () => {
    const clock = new ManualClock();
    const lifted = lift(new Map<string, number>(), { clock, timeoutMs: 100 });
    const hanging = lifted.update("a", () => new Promise<number>(() => {}));
    await assertRejects(() => clock.until(hanging), StoreError, "no answer within 100 ms");
  });

  it("takes snapshots where the map does, which can be iterated again", async () => {
    const lifted = lift(new HashTrieMap([["a", 1]]));
    const snapshot = await lifted.snapshot();
    await lifted.set("b", 2);
    assertEquals([await Array.fromAsync(snapshot), await Array.fromAsync(snapshot)], [[["a", 1]], [["a", 1]]]);
  });

  it("begins an iteration when it is called, and sees writes as the map does", async () => {
    const live = lift(new NativeMap([["a", 1]]));
    const fixed = lift(new HashTrieMap([["a", 1]]));
    const [inLive, inFixed] = [live.entries(), fixed.entries()];
    await Promise.all([live.set("b", 2), fixed.set("b", 2)]);
    assertEquals([(await Array.fromAsync(inLive)).length, (await Array.fromAsync(inFixed)).length], [2, 1]);
  });

  it("tells what was evicted and what expires", async () => {
    const clock = new ManualClock();
    const lru = lift(new LruMap<string, number>({ max: 2, ttlMs: 1_000, clock }));
    await lru.set("a", 1);
    await lru.set("b", 2, { ttlMs: 50 });
    assertEquals(await lru.expiresAt("b"), clock.now() + 50);
    assertEquals([await lru.peek("a"), await lru.evicted("a")], [1, false]);
    await lru.set("c", 3);
    assertEquals([await lru.has("a"), await lru.evicted("a")], [false, true]);
    const native = lift(new Map([["a", 1]]));
    assertEquals([await native.peek("a"), await native.evicted("a"), await native.expiresAt("a")], [
      1,
      false,
      Infinity,
    ]);
    assertEquals(await native.expiresAt("b"), undefined);
  });

  it("refuses what is not a map", () => {
    for (const wrong of [undefined, null, {}, [], 1]) {
      const call = () => lift(wrong as unknown as Map<string, number>);
      assertThrows(call, TypeError, "Cannot lift a map: it must be a Map or a ConcurrentMap: received");
    }
  });
});
