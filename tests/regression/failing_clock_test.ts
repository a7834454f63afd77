/** A clock that threw, or gave no number, reached callers, or stopped the comparing for ever. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { type Clock, NativeMap, systemClock, twin } from "@twinmap/twinmap";
import { operationsOn, outcome } from "../operations.ts";
import { forced } from "../move_to.ts";

const FAULTS: readonly (readonly [how: string, fail: () => number])[] = [
  ["throws", () => {
    throw new Error("clock");
  }],
  ["gives no number", () => NaN],
  ["gives no date", () => 1e300],
  ["gives a text", () => "now" as unknown as number],
];

type Method = keyof Clock;

/** The platform's clock, whose methods fail while `failing` names them. */
function faultyClock(fail: () => number): { clock: Clock; failing: Set<Method> } {
  const failing = new Set<Method>();
  const clock: Clock = {
    now: () => failing.has("now") ? fail() : systemClock.now(),
    monotonicMs: () => failing.has("monotonicMs") ? fail() : systemClock.monotonicMs(),
    schedule: (task, delayMs, options) => {
      if (failing.has("schedule")) throw new Error("clock");
      return systemClock.schedule(task, delayMs, options);
    },
  };
  return { clock, failing };
}

describe("a twin whose clock fails", () => {
  for (const [how, fail] of FAULTS) {
    it(`lets no caller see that it ${how}, goes on comparing, and reports`, async () => {
      const unheard: unknown[] = [];
      const note = (reason: unknown) => void unheard.push(reason);
      process.on("unhandledRejection", note);
      const { clock, failing } = faultyClock(fail);
      for (const method of ["now", "monotonicMs", "schedule"] as const) failing.add(method);
      const newMap = new NativeMap<string, number>();
      const users = twin(new NativeMap([["a", 1]]), newMap, { clock, sample: 1, mirror: "queued" });
      users.stage("dualwrite");
      await users.backfill();
      users.stage("shadow");
      newMap.set("a", 7);
      const expected = new NativeMap<string, number>([["a", 1]]);
      users.get("a");
      await users.settle();
      assertEquals(users.report().diffs, 1);
      for (const { run } of operationsOn("a", 1, 2)) {
        assertEquals(outcome(() => run(users)), outcome(() => run(expected)));
      }
      await users.settle();
      assertEquals(await users.sweep(), true);
      users.stage("live", forced("live", 5));
      const { hookErrors, compared } = users.report();
      assert(hookErrors > 10 && compared > 2, `${hookErrors} errors, ${compared} compared`);
      failing.clear();
      users.get("a");
      await users.settle();
      assertEquals(users.report().hookErrors > hookErrors + 5, false);
      users.close();
      process.off("unhandledRejection", note);
      assertEquals(unheard, []);
    });
  }
});
