import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  NativeMap,
  type Stage,
  StageError,
  type StageOptions,
  twin,
  TwinMap,
  type TwinOptions,
} from "@twinmap/twinmap";
import { SharedMap } from "@twinmap/twinmap/shared";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { forced, moveTo } from "../../move_to.ts";
import { STAGES } from "../../../verify/stages/stage.ts";
import { operationsOn, outcome } from "../../operations.ts";
import {
  assertSame,
  type Call,
  KEYS,
  type Move,
  nestedCall,
  simpleCall,
  stageMove,
  type Value,
  VALUES,
  workMove,
} from "../acts.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

const FORWARDS: readonly Stage[] = ["off", "dualwrite", "shadow", "live", "rampdown", "complete"];

interface Rig {
  clock: ManualClock;
  oldMap: Map<string, unknown>;
  newMap: Map<string, unknown>;
  users: TwinMap<string, unknown>;
}

function rig(options: TwinOptions<string, unknown> = {}, newMap: Map<string, unknown> = new Map()): Rig {
  const clock = new ManualClock();
  const oldMap = new Map<string, unknown>();
  return { clock, oldMap, newMap, users: twin(oldMap, newMap, { clock, reveal: true, ...options }) };
}

async function settle({ users, clock }: Rig): Promise<void> {
  await clock.until(users.settle());
}

/** What a callback does that moves the twin, and calls it then; to a map that is no twin, it only calls. */
function movesAndCalls(moves: readonly Move[], call: Call): Call {
  return {
    name: [...moves, call].map(({ name }) => name).join(", "),
    run: (map) => {
      if (map instanceof TwinMap) { for (const { act } of moves) act(map); }
      return call.run(map);
    },
  };
}

describe("TwinMap", () => {
  it("is to its callers the map that answers, at every stage and however it is moved", async () => {
    const moves = fc.oneof(stageMove(FORWARDS), workMove(() => {}));
    // What it reads then; that it may also write is in the regression tests.
    const reads = simpleCall((name) => /^(get|has|size)$/.test(name));
    const moving = fc.tuple(fc.array(stageMove(FORWARDS), { minLength: 1, maxLength: 3 }), reads)
      .map(([moves, call]) => movesAndCalls(moves, call));
    const act = fc.oneof<fc.MaybeWeightedArbitrary<Call | Move | { readonly ms: number }>[]>(
      { weight: 6, arbitrary: simpleCall() },
      { weight: 2, arbitrary: nestedCall(simpleCall()) },
      { weight: 2, arbitrary: nestedCall(moving, ["update", "getOrInsertComputed"]) },
      { weight: 2, arbitrary: moves },
      { weight: 2, arbitrary: fc.record({ ms: fc.nat(200) }) },
    );
    const setting = fc.record({
      from: fc.constantFrom(...FORWARDS),
      mirror: fc.constantFrom("inline", "queued"),
      sample: fc.constantFrom(0, 0.05, 0.5, 1),
      maxPending: fc.constantFrom(1, 100),
    });
    const held = fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)), { maxLength: 4 });
    const acts = fc.array(act, { minLength: 1, maxLength: 60 });
    await fc.assert(fc.asyncProperty(setting, held, acts, async ({ from, ...options }, held, acts) => {
      const clock = new ManualClock(0.01);
      const users = twin(new NativeMap(held), new NativeMap<unknown, Value>(), { clock, slice: 0.05, ...options });
      const alone = new NativeMap(held);
      await moveTo(users, clock, from, 40);
      for (const act of acts) {
        if ("ms" in act) await clock.advance(act.ms);
        else if ("act" in act) act.act(users);
        else assertSame(outcome(() => act.run(users)), outcome(() => act.run(alone)), `${act.name} from ${from}`);
      }
      assertSame([...users], [...alone]);
    }));
  });

  for (const stage of FORWARDS) {
    it(`lets a caller read its own writes at ${stage}`, async () => {
      const it = rig();
      it.oldMap.set("before", 0);
      await moveTo(it.users, it.clock, stage, 50);
      for (let i = 0; i < 50; i++) {
        it.users.set(`k${i}`, i);
        assertEquals(it.users.get(`k${i}`), i);
        it.users.delete(`k${i}`);
        assertEquals(it.users.has(`k${i}`), false);
      }
      assertEquals(it.users.get("before"), 0);
      assertEquals(it.users.size, 1);
    });
  }

  for (const mirror of ["inline", "queued"] as const) {
    it(`lets a caller read its own writes across every move, ${mirror}`, async () => {
      const it = rig({ mirror });
      const written: [string, number][] = [];
      const writeAndCheck = () => {
        const key = `k${written.length}`;
        it.users.set(key, written.length);
        written.push([key, written.length]);
        for (const [name, value] of written) assertEquals(it.users.get(name), value);
      };
      writeAndCheck();
      const way: Stage[] = ["dualwrite", "shadow", "live", "rampdown", "live", "shadow", "dualwrite", "shadow", "live"];
      for (const stage of way) {
        if (stage === "live" && it.users.report().stage === "shadow") await it.clock.until(it.users.sweep());
        it.users.stage(stage, forced(stage));
        writeAndCheck();
        if (stage === "dualwrite") await it.clock.until(it.users.backfill());
        writeAndCheck();
      }
      it.users.stage("rampdown", forced("rampdown"));
      writeAndCheck();
      it.users.stage("complete", forced("complete"));
      writeAndCheck();
    });
  }

  it("answers from the old map at shadow", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    it.oldMap.set("a", "old");
    it.newMap.set("a", "new");
    assertEquals(it.users.get("a"), "old");
  });

  it("answers from the new map for the share of keys that is live, always the same ones", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "live", 25);
    for (let i = 0; i < 4000; i++) {
      it.oldMap.set(`${i}`, "old");
      it.newMap.set(`${i}`, "new");
    }
    const live = () => Array.from({ length: 4000 }, (_, i) => it.users.get(`${i}`) === "new");
    const first = live();
    const share = first.filter(Boolean).length / 4000;
    assert(share > 0.2 && share < 0.3, `${share} of the keys`);
    assertEquals(live(), first);
    it.users.stage("live", forced("live", 50));
    assert(first.every((isNew, i) => !isNew || it.users.get(`${i}`) === "new"), "a larger percentage keeps its keys");
  });

  for (const stage of FORWARDS) {
    it(`writes nothing to the other side at ${stage} where the side that answers refuses, however few keys are compared`, async () => {
      for (const sample of [0, 1 / 64, 1]) {
        const clock = new ManualClock();
        const [oldMap, newMap] = [new Map<string, number>(), new Map<string, number>()];
        const [oldSide, newSide] = [new FaultyMap(NativeMap.adopt(oldMap)), new FaultyMap(NativeMap.adopt(newMap))];
        const users = twin(oldSide, newSide, { clock, sample });
        await moveTo(users, clock, stage);
        const [answering, other] = STAGES[stage].answers === "old" ? [oldSide, newMap] : [newSide, oldMap];
        answering.fault = "throws";
        for (let i = 0; i < 1_000; i++) assertThrows(() => users.set(`k${i}`, i), Error, "out of order");
        assertEquals(other.size, 0, `sample ${sample}`);
      }
    });
  }

  it("writes to both sides from dualwrite to rampdown, and to one at off and complete", async () => {
    for (const stage of FORWARDS) {
      const it = rig();
      await moveTo(it.users, it.clock, stage);
      it.users.set("a", 1);
      assertEquals([it.oldMap.has("a"), it.newMap.has("a")], [stage !== "complete", stage !== "off"], stage);
    }
  });

  it("applies queued writes in order, and all of them before a stage is left", async () => {
    const it = rig({ mirror: "queued", maxPending: 3 });
    await moveTo(it.users, it.clock, "shadow");
    it.users.set("a", 1);
    it.users.set("a", 2);
    assertEquals(it.newMap.size, 0);
    assertEquals(it.users.report().mirror.pending, 2);
    for (const value of [3, 4, 5]) it.users.set("a", value);
    assertEquals(it.newMap.get("a"), 2);
    assertEquals([it.users.report().mirror.overruns, it.users.report().mirror.pending], [2, 3]);
    it.users.stage("dualwrite");
    assertEquals(it.newMap.get("a"), 5);
  });

  it("refuses a stage that is not a neighbour", () => {
    const it = rig();
    const error = assertThrows(
      () => it.users.stage("shadow"),
      StageError,
      "Cannot move from off to shadow: go through dualwrite first",
    );
    assertEquals(error.missing, ["the stage dualwrite"]);
  });

  it("does not go back from complete to live before the old map has what it missed", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "complete");
    it.users.set("a", 1);
    it.users.stage("rampdown");
    assertThrows(
      () => it.users.stage("live", { percent: 100 }),
      StageError,
      "a backfill from the new map to the old one must finish",
    );
    await it.clock.until(it.users.backfill());
    it.users.stage("live", { percent: 0 });
    assertEquals(it.users.get("a"), 1);
  });

  it("refuses a wrong stage or percentage", () => {
    const { users } = rig();
    assertThrows(() => users.stage("on" as Stage), RangeError, "must be one of off, dualwrite");
    assertThrows(() => users.stage("live", { percent: 101 }), RangeError, "percent must be a number from 0 to 100");
    assertThrows(() => users.stage("dualwrite", { percent: 5 }), RangeError, "percent goes with live only");
    assertThrows(() => users.stage("live", { percent: "5" as unknown as number }), TypeError, 'received "5"');
    assertThrows(() => users.stage("live"), TypeError, "percent must be a number from 0 to 100: received undefined");
    const mistyped = { precent: 5 } as StageOptions;
    assertThrows(() => users.stage("live", mistyped), TypeError, 'unknown option "precent"; known: percent, force');
    for (const force of ["", "   ", "\u00a0"]) {
      assertThrows(
        () => users.stage("live", { percent: 5, force }),
        RangeError,
        "force must be a string of 1 to 500",
      );
    }
    const bare: unknown = Object.create(null);
    assertThrows(() => users.stage(bare as "live"), RangeError, "Cannot move to a stage: it must be one of off");
    assertThrows(() => users.stage(Symbol("live") as unknown as "live"), RangeError, "received Symbol(live)");
  });

  it("finds a missing, an extra and a different value, and says where", async () => {
    const it = rig();
    it.oldMap.set("a", 1).set("b", { city: "Rome", zip: 1 });
    await moveTo(it.users, it.clock, "shadow");
    it.newMap.delete("a");
    it.newMap.set("b", { city: "Oslo", zip: 1 }).set("c", 3);
    it.users.get("a");
    it.users.get("b");
    it.users.has("c");
    await settle(it);
    const { byKind, recent, diffs, compared, diffRate } = it.users.report();
    assertEquals([byKind.missing, byKind.extra, byKind.value], [1, 1, 1]);
    assertEquals([diffs, compared, diffRate], [3, 3, 1]);
    const value = recent.find(({ kind }) => kind === "value");
    assertEquals(value?.paths.map(({ path }) => path), [".city"]);
    assertEquals(recent.find(({ kind }) => kind === "extra")?.old, "absent");
  });

  it("tells an undefined value from none, and -0 from 0", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    it.users.set("u", undefined).set("z", -0);
    await settle(it);
    assertEquals(it.users.report().diffs, 0);
    it.newMap.delete("u");
    it.newMap.set("z", 0);
    it.users.get("u");
    it.users.get("z");
    await settle(it);
    const { missing, extra, value, ...others } = it.users.report().byKind;
    assertEquals([missing, extra, value, Object.values(others).some((count) => count > 0)], [1, 0, 1, false]);
  });

  it("calls a difference that passes late, and one whose key is written all the time inconclusive", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    it.users.set("a", 1).set("b", 1);
    await settle(it);
    it.newMap.set("a", 2).set("b", 2);
    it.users.get("a");
    it.users.get("b");
    for (let i = 0; i < 20; i++) {
      await it.clock.advance(20);
      it.newMap.set("a", 1);
      it.users.set("b", i);
      it.newMap.set("b", -1);
    }
    it.users.set("b", 1);
    await settle(it);
    const { late, inconclusive, diffs, due, compared, dropped } = it.users.report();
    assert(late >= 1);
    assert(inconclusive > 0);
    assertEquals(diffs, 0);
    assertEquals(compared + inconclusive + dropped, due);
  });

  it("counts a mirrored write that answers differently, once its key has rested", async () => {
    const it = rig();
    it.oldMap.set("a", 1);
    await moveTo(it.users, it.clock, "shadow");
    await it.clock.advance(200);
    it.newMap.delete("a");
    assertEquals(it.users.delete("a"), true);
    await settle(it);
    const { byKind, recent } = it.users.report();
    assertEquals(byKind.result, 1);
    assertEquals([recent[0]?.operation, recent[0]?.old, recent[0]?.new], ["delete", "true", "false"]);
  });

  it("finds an order that the caller could see", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    it.users.set("a", 1).set("b", 2);
    it.newMap.clear();
    it.newMap.set("b", 2).set("a", 1);
    assertEquals([...it.users.keys()], ["a", "b"]);
    await settle(it);
    assertEquals(it.users.report().byKind.order, 1);
  });

  it("runs callbacks once, and mirrors what they led to", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    let calls = 0;
    assertEquals(it.users.getOrInsertComputed("a", () => ++calls), 1);
    assertEquals(it.users.update("a", (value) => (calls++, value as number + 1)), 2);
    assertEquals(calls, 2);
    assertEquals(it.newMap.get("a"), 2);
    it.users.update("a", () => {
      it.users.set("a", "inner");
      return "outer";
    });
    assertEquals([it.oldMap.get("a"), it.newMap.get("a")], ["outer", "outer"]);
    it.users.getOrInsertComputed("b", () => {
      it.users.set("b", "inner");
      return "outer";
    });
    assertEquals([it.oldMap.get("b"), it.newMap.get("b")], ["outer", "outer"]);
    await settle(it);
    assertEquals(it.users.report().diffs, 0);
  });

  for (const stage of FORWARDS) {
    it(`makes due at ${stage} what is compared there, one comparison to an operation`, async () => {
      const { mirrors, comparesReads } = STAGES[stage];
      const due: { [name: string]: [there: number, absent: number] } = {};
      for (const { name } of operationsOn<string, unknown>("", 0, 0)) {
        const dueFor = async (key: string) => {
          const it = rig();
          it.oldMap.set("there", 1);
          await moveTo(it.users, it.clock, stage, 50);
          const before = it.users.report().due;
          operationsOn<string, unknown>(key, 1, 2).find((operation) => operation.name === name)?.run(it.users);
          return it.users.report().due - before;
        };
        due[name] = [await dueFor("there"), await dueFor("absent")];
      }
      const [read, write] = [Number(comparesReads), Number(mirrors)];
      assertEquals(due, {
        get: [read, read],
        has: [read, read],
        set: [write, write],
        delete: [write, write],
        getOrInsert: [read, write],
        getOrInsertComputed: [read, write],
        getAndDelete: [write, write],
        getAndSet: [write, write],
        compareAndSet: [write, write],
        compareAndDelete: [write, write],
        update: [write, write],
        clear: [0, 0],
        size: [0, 0],
        entries: [read, read],
        keys: [read, read],
        values: [read, read],
        snapshot: [read, read],
        forEach: [read, read],
      });
    });
  }

  it("drops what does not fit, and says so", async () => {
    const it = rig({ maxPending: 4 });
    await moveTo(it.users, it.clock, "shadow");
    for (let i = 0; i < 10; i++) it.users.get("a");
    const { due, pending, dropped } = it.users.report();
    assertEquals([due, pending, dropped], [10, 4, 6]);
    it.users.stage("dualwrite");
    it.users.stage("off");
    assertEquals(it.users.report().pending, 0);
    assertEquals(it.users.report().dropped, 10);
  });

  it("never lets onDiff or equals reach the caller", async () => {
    const it = rig({
      onDiff: () => {
        throw new Error("mine");
      },
    });
    await moveTo(it.users, it.clock, "shadow");
    it.newMap.set("a", 1);
    it.users.get("a");
    await settle(it);
    assertEquals([it.users.report().diffs, it.users.report().hookErrors], [1, 1]);
  });

  it("shows neither keys nor values unless it may", async () => {
    const it = rig({ reveal: false });
    await moveTo(it.users, it.clock, "shadow");
    it.oldMap.set("secret-key", { "secret-name": "secret-value" });
    it.newMap.set("secret-key", { "secret-name": "secret-other" });
    it.users.get("secret-key");
    await settle(it);
    const report = it.users.report();
    assertEquals(report.diffs, 1);
    assert(!JSON.stringify(report).includes("secret"), JSON.stringify(report.recent));
  });

  it("sweeps in both directions, and can be paused", async () => {
    const it = rig();
    it.oldMap.set("a", 1).set("b", 1);
    await moveTo(it.users, it.clock, "dualwrite");
    it.newMap.delete("a");
    it.newMap.set("c", 1);
    const swept = it.users.sweep();
    it.users.pause();
    await it.clock.advance(1000);
    assertEquals(it.users.report().sweep.state, "paused");
    it.users.resume();
    assertEquals(await it.clock.until(swept), false);
    const { sweep, byKind } = it.users.report();
    assertEquals([sweep.state, sweep.clean, sweep.diffs, byKind.missing, byKind.extra], ["done", false, 2, 1, 1]);
  });

  it("does on a map of copies what a map of references decided by identity, and the other way round", async () => {
    for (const stage of ["shadow", "rampdown"] as const) {
      const clock = new ManualClock();
      const [oldMap, newMap] = [new Map<string, { n: number }>(), SharedMap.create<string, { n: number }>()];
      const users = twin<string, { n: number }>(oldMap, newMap, { clock });
      await moveTo(users, clock, stage);
      const front = stage === "shadow" ? oldMap : newMap;
      const state = () => [oldMap.get("a")?.n, newMap.get("a")?.n];
      users.set("a", { n: 1 });
      const isRefused = stage === "shadow";
      assertEquals(users.compareAndSet("a", { n: 1 }, { n: 2 }), !isRefused);
      assertEquals(state(), isRefused ? [1, 1] : [2, 2]);
      assertEquals(users.compareAndSet("a", front.get("a") as { n: number }, { n: 3 }), true);
      assertEquals(state(), [3, 3]);
      assertEquals(users.compareAndDelete("a", { n: 3 }), !isRefused);
      assertEquals(state(), isRefused ? [3, 3] : [undefined, undefined]);
      users.set("a", { n: 4 });
      assertEquals(users.compareAndDelete("a", front.get("a") as { n: number }), true);
      assertEquals(state(), [undefined, undefined]);
      await clock.until(users.settle());
      assertEquals(users.report().diffs, 0, stage);
    }
  });

  it("goes on serving after close()", async () => {
    const it = rig();
    await moveTo(it.users, it.clock, "shadow");
    it.users.close();
    it.users.set("a", 1);
    assertEquals([it.users.get("a"), it.newMap.get("a")], [1, 1]);
    assertEquals(it.users.report().pending, 0);
    assertThrows(() => it.users.stage("live", { percent: 5 }), StageError, "the twin is closed");
  });
});
