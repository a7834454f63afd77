/** `equals` was called with results that are no values: the boolean of `delete`, and `undefined` for an absent key. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin, type TwinMap } from "@twinmap/twinmap";
import { moveTo } from "../move_to.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

interface User {
  readonly id: number;
}

const WRITES: ((users: TwinMap<string, User>) => unknown)[] = [
  (users) => users.delete("a"),
  (users) => users.getAndDelete("a"),
  (users) => users.getAndSet("a", { id: 2 }),
];

describe("TwinMap, with an equals that accepts only values", () => {
  for (const write of WRITES) {
    it(`finds that the sides return different results of ${String(write).split(".")[1]?.split("(")[0]}()`, async () => {
      const clock = new ManualClock();
      const newMap = new Map([["a", { id: 1 }]]);
      const users = twin(new Map([["a", { id: 1 }]]), newMap, { clock, equals: (a, b) => a.id === b.id });
      await moveTo(users, clock, "shadow");
      await clock.advance(200);
      newMap.delete("a");
      write(users);
      await clock.until(users.settle());
      const { byKind, hookErrors, inconclusive } = users.report();
      assertEquals([byKind.result, hookErrors, inconclusive], [1, 0, 0]);
    });
  }
});
