/**
 * A map that answers with promises was accepted as a side of a twin: each comparison was a diff, and a promise that was
 * rejected ended the process.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { type ConcurrentMap, ForwardingMap, hotKeys, NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { operationsOn } from "../operations.ts";
import { moveTo } from "../move_to.ts";

const failed = () => Promise.reject(new Error("unreachable"));

/** A map each method of which, but for those named, answers with a promise that is rejected. */
function promising(...synchronous: string[]): ConcurrentMap<string, number> {
  const map = new NativeMap<string, number>();
  return new Proxy(map, {
    get: (_, name) => {
      const member: unknown = Reflect.get(map, name, map);
      if (typeof member !== "function") return member;
      return synchronous.includes(String(name)) || typeof name === "symbol" ? member.bind(map) : failed;
    },
  });
}

/** The rejections that nobody heard while `run` ran, each of which would end a process. */
async function unheard(run: () => Promise<void>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const note = (reason: unknown) => void reasons.push(reason);
  process.on("unhandledRejection", note);
  await run();
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
  process.off("unhandledRejection", note);
  return reasons;
}

describe("a map that answers with promises", () => {
  it("is refused by name, as either side, and by every other wrapper", async () => {
    const reasons = await unheard(() => {
      const make: ((map: ConcurrentMap<string, number>) => unknown)[] = [
        (map) => twin(new Map<string, number>(), map),
        (map) => twin(map, new Map<string, number>()),
        (map) => new ForwardingMap(map),
        (map) => hotKeys(map),
      ];
      for (const wrap of make) {
        assertThrows(() => wrap(promising()), TypeError, "answers with a promise: use an AsyncConcurrentMap");
      }
      return Promise.resolve();
    });
    assertEquals(reasons, []);
  });

  for (const mirror of ["inline", "queued"] as const) {
    it(`is counted as throwing if only some of its methods do, and never ends the process, mirrored ${mirror}`, async () => {
      const reasons = await unheard(async () => {
        const clock = new ManualClock();
        const users = twin(new Map<string, number>(), promising("has", "keys", "entries"), { clock, mirror });
        await moveTo(users, clock, "shadow");
        for (const { run } of operationsOn("a", 1, 2)) {
          run(users);
          users.set("a", 1);
          await clock.advance(100);
        }
        users.clear();
        await clock.until(users.settle());
        const { recent, mirror: { errors }, byKind } = users.report();
        assert(errors > 10 && byKind.error > 10, `${errors} errors`);
        assert(recent.every(({ kind }) => kind !== "result"));
      });
      assertEquals(reasons, []);
    });
  }

  for (const name of ["has", "size", "keys"] as const) {
    it(`is counted as throwing if ${name} alone does, where the twin reads on its own`, async () => {
      const clock = new ManualClock();
      const newMap = new NativeMap<string, number>();
      const users = twin(new NativeMap([["a", 1]]), newMap, { clock });
      await moveTo(users, clock, "shadow");
      newMap.delete("a");
      const value = name === "size" ? { get: failed } : { value: failed };
      Object.defineProperty(newMap, name, value);
      const reasons = await unheard(async () => {
        users.get("a");
        users.keys();
        await clock.until(users.settle());
        await clock.until(users.sweep().catch(() => {}));
        await clock.until(users.backfill().catch(() => {}));
        users.stage("dualwrite");
        users.stage("off");
        users.stage("dualwrite");
      });
      assertEquals(reasons, []);
      assertEquals(users.report().recent.map(({ kind }) => kind).includes("value"), false);
    });
  }

  it("is silenced if it throws a promise", async () => {
    const clock = new ManualClock();
    const newMap = new NativeMap<string, number>();
    const users = twin(new NativeMap([["a", 1]]), newMap, { clock });
    await moveTo(users, clock, "shadow");
    const value = () => {
      throw failed();
    };
    for (const name of ["get", "set", "delete"]) Object.defineProperty(newMap, name, { value });
    const reasons = await unheard(async () => {
      for (let i = 0; i < 20; i++) users.get(`k${i}`);
      users.set("a", 2);
      users.delete("a");
      await clock.until(users.settle());
    });
    assertEquals([reasons, users.report().mirror.errors], [[], 2]);
  });

  it("never has work begun that waits for a listener, as a query does", async () => {
    let begun = 0;
    const query = { then: () => void begun++ };
    class Queries extends NativeMap<string, unknown> {
      override set(): this {
        return query as unknown as this;
      }
      override get(): unknown {
        return query;
      }
    }
    const clock = new ManualClock();
    const newMap = new Queries();
    const users = twin(new Map<string, unknown>([["a", 1]]), newMap, { clock, onDiff: () => query as unknown as void });
    users.stage("dualwrite");
    users.stage("shadow");
    users.set("a", 2);
    users.getAndSet("a", 3);
    users.get("a");
    await clock.until(users.settle());
    const { diffs, mirror } = users.report();
    assertEquals([begun, diffs > 0, mirror.errors > 0], [0, true, true]);
  });

  it("is none if its values are promises", async () => {
    const clock = new ManualClock();
    const value = Promise.resolve(1);
    const users = twin(new Map<string, Promise<number>>(), new Map(), { clock });
    await moveTo(users, clock, "shadow");
    users.set("a", value);
    assertEquals([users.getAndSet("a", value) === value, users.update("a", () => value) === value], [true, true]);
    users.get("a");
    await clock.until(users.settle());
    const { diffs, mirror } = users.report();
    assertEquals([diffs, mirror.errors], [0, 0]);
  });
});
