/** `onDiff` and `equals` may act on the twin: move it back at the first diff, or close it. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, StageError, twin, type TwinMap } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { forced, moveTo } from "../move_to.ts";
import { ManualClock } from "../../testing/manual_clock.ts";

function goBack(users: TwinMap<string, number>): void {
  if (users.report().stage === "shadow") users.stage("dualwrite");
  if (users.report().stage === "dualwrite") users.stage("off");
}

describe("TwinMap, moved back by onDiff", () => {
  it("compares nothing at off", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const users: TwinMap<string, number> = twin(new NativeMap(), newMap, { clock, onDiff: () => goBack(users) });
    await moveTo(users, clock, "shadow");
    newMap.fault = "throws";
    users.set("a", 1);
    newMap.fault = undefined;
    const { stage, pending, diffs } = users.report();
    assertEquals([stage, pending, diffs], ["off", 0, 1]);
    await clock.until(users.settle());
    assertEquals(users.report().diffs, 1);
  });

  it("stays back if onDiff runs during a move forward", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const onDiff = () => goBack(users);
    const users: TwinMap<string, number> = twin(new NativeMap(), newMap, { clock, mirror: "queued", onDiff });
    await moveTo(users, clock, "shadow");
    assertEquals(await clock.until(users.sweep()), true);
    newMap.fault = "throws";
    users.set("a", 1);
    assertThrows(() => users.stage("live", forced("live")), StageError, "from off");
    assertEquals(users.report().stage, "off");
    assertEquals(users.get("a"), 1);
  });
});

describe("TwinMap, closed by equals", () => {
  it("counts each comparison once", async () => {
    const clock = new ManualClock();
    let closes = false;
    const users: TwinMap<string, number> = twin(new Map([["a", 1], ["b", 1]]), new Map([["a", 2], ["b", 2]]), {
      clock,
      equals: () => {
        if (closes) users.close();
        return closes;
      },
    });
    users.stage("dualwrite");
    users.stage("shadow");
    users.get("a");
    users.get("b");
    await clock.advance(10);
    closes = true;
    users.get("a");
    await clock.until(users.settle());
    const { due, compared, inconclusive, dropped, pending } = users.report();
    assertEquals([due, pending], [3, 0]);
    assertEquals(compared + inconclusive + dropped, due);
    assert(dropped > 0);
  });

  it("makes no further looks", async () => {
    const clock = new ManualClock();
    const users: TwinMap<string, number> = twin(new Map([["a", 1]]), new Map([["a", 2]]), {
      clock,
      equals: () => {
        users.close();
        return false;
      },
    });
    users.stage("dualwrite");
    users.stage("shadow");
    users.get("a");
    await clock.advance(10);
    assertEquals([users.report().pending, users.report().inconclusive], [0, 1]);
    await clock.advance(1_000);
    assertEquals(users.report().diffs, 0);
  });
});

describe("TwinMap, moved by onEvent", () => {
  it("stays where onEvent moves it at a forced move", async () => {
    const clock = new ManualClock();
    const moves: string[] = [];
    const users: TwinMap<string, number> = twin(new Map([["a", 1]]), new Map<string, number>(), {
      clock,
      onEvent: (event) => {
        if (event.type === "stage") moves.push(`${event.from.stage} to ${event.to.stage}`);
        if (event.type !== "force") return;
        users.stage("live", { percent: 0 });
        users.stage("shadow");
      },
    });
    await moveTo(users, clock, "shadow");
    users.stage("live", forced("live"));
    assertEquals(moves.slice(2), ["shadow to live", "live to live", "live to shadow"]);
    assertEquals(users.report().stage, "shadow");
  });
});
