/** The traits of the new map were read on the caller's way, so that an error of their getter reached the caller. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, type Traits, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";
import { operationsOn, outcome } from "../operations.ts";

/** A map whose traits throw after a while. */
class FailingTraits extends NativeMap<string, number> {
  fails = false;

  override get traits(): Traits {
    if (this.fails) throw new Error("traits");
    return super.traits;
  }
}

describe("a twin whose maps throw when their traits are read", () => {
  for (const side of ["old", "new"] as const) {
    for (const stage of ["dualwrite", "shadow", "live", "rampdown"] as const) {
      it(`lets no caller see that of the ${side} map at ${stage}, and goes on comparing`, async () => {
        const clock = new ManualClock();
        const failing = new FailingTraits([["a", 1]]);
        const other = new NativeMap([["a", 1]]);
        const users = side === "old" ? twin(failing, other, { clock }) : twin(other, failing, { clock });
        await moveTo(users, clock, stage, 50);
        failing.fails = true;
        const expected = new NativeMap<string, number>([["a", 1]]);
        for (const key of ["a", "b"]) {
          for (const { run } of operationsOn(key, 1, 2)) {
            assertEquals(outcome(() => run(users)), outcome(() => run(expected)));
            await clock.advance(100);
          }
        }
        await clock.until(users.settle());
        assertEquals(await clock.until(users.sweep()), true);
        const { diffs, traits } = users.report();
        assertEquals([diffs, traits[side].order], [0, "none"]);
      });
    }
  }

  it("lets no caller see that a trait cannot be read", async () => {
    class FailingTrait extends NativeMap<string, number> {
      fails = false;

      override get traits(): Traits {
        const get = () => {
          throw new Error("trait");
        };
        return this.fails ? new Proxy(super.traits, { get, ownKeys: get }) : super.traits;
      }
    }
    for (const stage of ["dualwrite", "shadow", "live", "rampdown"] as const) {
      const clock = new ManualClock();
      const newMap = new FailingTrait([["a", 1]]);
      const users = twin(new NativeMap([["a", 1]]), newMap, { clock });
      await moveTo(users, clock, stage, 50);
      newMap.fails = true;
      const expected = new NativeMap<string, number>([["a", 1]]);
      for (const { run } of operationsOn("a", 1, 2)) {
        assertEquals(outcome(() => run(users)), outcome(() => run(expected)));
        await clock.advance(100);
      }
      await clock.until(users.settle());
      assertEquals([await clock.until(users.sweep()), users.report().traits.new.order], [true, "none"]);
      await clock.until(users.backfill({ from: "old" }));
      users.close();
    }
  });

  it("is refused by name if they throw when it is created", () => {
    const failing = new FailingTraits();
    failing.fails = true;
    assertThrows(
      () => twin(new Map<string, number>(), failing),
      TypeError,
      "Cannot create a twin: the new map has traits that cannot be read",
    );
  });

  it("lets no caller see that traits are gone", () => {
    class NoTraits extends NativeMap<string, number> {
      gone = false;

      override get traits(): Traits {
        return this.gone ? null as unknown as Traits : super.traits;
      }
    }
    const newMap = new NoTraits();
    const users = twin(new NativeMap([["a", 1]]), newMap);
    users.stage("dualwrite");
    users.stage("shadow");
    newMap.gone = true;
    assertEquals([users.compareAndSet("a", 2, 3), [...users]], [false, [["a", 1]]]);
    users.close();
  });
});
