/** A `Map` of another realm was refused, and an equal value of another realm was a diff. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runInNewContext } from "node:vm";
import { ForwardingMap, hotKeys, NativeMap, twin } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

const foreignMap = () => runInNewContext(`new Map([["a", { list: [1], at: new Date(0) }]])`) as Map<string, unknown>;

describe("a Map of another realm", () => {
  it("is a Map", () => {
    for (const map of [NativeMap.adopt(foreignMap()), new ForwardingMap(foreignMap()), hotKeys(foreignMap())]) {
      assertEquals([map.size, map.traits.order, map.traits.touches], [1, "insertion", false]);
    }
  });

  it("is a side of a twin, and its values are equal to those of this realm", async () => {
    const clock = new ManualClock();
    const newMap = new Map<string, unknown>();
    const users = twin(foreignMap(), newMap, { clock });
    await moveTo(users, clock, "shadow");
    newMap.set("a", { list: [1], at: new Date(0) });
    users.get("a");
    await clock.until(users.settle());
    const { matched, diffs } = users.report();
    assertEquals([matched, diffs], [1, 0]);
  });
});
