import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type DiffDetails,
  NativeMap,
  type ReportedDiff,
  twin,
  type TwinEvent,
  type TwinMap,
  type TwinOptions,
} from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { forced, moveTo } from "../../move_to.ts";

type Options = TwinOptions<string, unknown>;

interface Rig {
  readonly clock: ManualClock;
  readonly oldMap: Map<string, unknown>;
  readonly newMap: FaultyMap<string, unknown>;
  readonly users: TwinMap<string, unknown>;
  readonly told: (DiffDetails<string> & { readonly diff: ReportedDiff })[];
  readonly events: TwinEvent[];
}

function rig(options: Options = {}): Rig {
  const clock = new ManualClock();
  const [oldMap, newMap] = [new Map<string, unknown>(), new FaultyMap<string, unknown>(new NativeMap())];
  const told: Rig["told"] = [];
  const events: TwinEvent[] = [];
  const users = twin<string, unknown>(oldMap, newMap, {
    clock,
    onDiff: (diff, details) => told.push({ diff, ...details }),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, oldMap, newMap, users, told, events };
}

/** What has happened, in short. */
function names(events: readonly TwinEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "stage") {
      return `${event.from.stage} ${event.from.percent} → ${event.to.stage} ${event.to.percent}`;
    }
    if (event.type === "sweep") return `sweep ${event.state} ${event.clean}`;
    if (event.type === "backfill") return `backfill ${event.state}`;
    if (event.type === "gate") return `gate ${event.verdict}`;
    return `${event.type}: ${event.why}`;
  });
}

describe("onDiff", () => {
  it("gets the key and what both maps had, whatever the report may show", async () => {
    const { clock, oldMap, newMap, users, told } = rig();
    await moveTo(users, clock, "shadow");
    const [session, other] = [{ id: 1 }, { id: 2 }];
    oldMap.set("changed", session).set("missing", session);
    newMap.set("changed", other).set("extra", undefined);
    for (const key of ["changed", "missing", "extra"]) users.get(key);
    await clock.until(users.settle());
    assertEquals(told.map(({ diff, key, skipped }) => [diff.kind, key, skipped]), [
      ["value", "changed", 0],
      ["missing", "missing", 0],
      ["extra", "extra", 0],
    ]);
    assert(told[0]?.old === session && told[0].new === other && told[1]?.old === session);
    assertEquals([told[1]?.new, told[2]?.old, told[2]?.new], [undefined, undefined, undefined]);
    assert(told[0]?.diff.key !== "changed");
  });

  it("gets the error that a map threw, and the answers of a write", async () => {
    const { clock, newMap, users, told } = rig();
    await moveTo(users, clock, "shadow");
    newMap.fault = "throws";
    users.set("a", 1);
    newMap.fault = undefined;
    assertEquals(told.map(({ diff, key }) => [diff.kind, key]), [["error", "a"]]);
    assert(told[0]?.new instanceof Error);
  });

  it("is called ten times a second at most, and told how often it was not", async () => {
    const { clock, oldMap, users, told } = rig();
    await moveTo(users, clock, "shadow");
    for (let i = 0; i < 5_387; i++) oldMap.set(`key ${i}`, i);
    for (const key of oldMap.keys()) users.get(key);
    await clock.until(users.settle());
    assertEquals([users.report().diffs, told.length], [5_387, 10]);
    await clock.advance(1_000);
    users.get("key 0");
    await clock.until(users.settle());
    assertEquals([told.length, told.at(-1)?.skipped], [11, 5_377]);
  });
});

describe("onEvent", () => {
  it("is called for moves, sweeps, backfills and decisions, in their order, with the name and the time", async () => {
    const { clock, users, events } = rig({ name: "sessions" });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    users.stage("shadow");
    await clock.until(users.sweep());
    users.stage("live", { percent: 5, force: "a test" });
    users.reset("fixed");
    await clock.until(users.back("slow"));
    assertEquals(names(events), [
      "off 0 → dualwrite 0",
      "backfill running",
      "backfill done",
      "dualwrite 0 → shadow 0",
      "sweep running null",
      "sweep done true",
      "shadow 0 → live 5",
      "force: a test",
      "reset: fixed",
      "back: slow",
      "live 5 → live 0",
    ]);
    for (const { at, twin } of events) assertEquals([twin, Number.isNaN(Date.parse(at))], ["sessions", false]);
  });

  it("tells how a sweep ended that found something, was given up, or met an error", async () => {
    const { clock, oldMap, newMap, users, events } = rig();
    await moveTo(users, clock, "shadow");
    events.length = 0;
    oldMap.set("a", 1);
    await clock.until(users.sweep());
    const end = users.sweep();
    users.stage("dualwrite");
    users.stage("off");
    await clock.until(end);
    users.stage("dualwrite");
    newMap.fault = "throws";
    await clock.until(users.backfill().catch(() => {}));
    assertEquals(names(events).filter((name) => /sweep|backfill/.test(name)), [
      "sweep running null",
      "sweep done false",
      "sweep running null",
      "sweep aborted null",
      "backfill running",
      "backfill aborted",
    ]);
  });

  it("is called when the verdict of the gate changes, whoever looks, and says why", async () => {
    const { clock, newMap, users, events } = rig({ gate: { threshold: 0.1, holdMs: 0 } });
    await moveTo(users, clock, "shadow");
    for (let i = 0; i < 400; i++) users.set(`key ${i}`, i);
    await clock.until(users.sweep());
    await clock.advance(1_000);
    for (let i = 0; i < 300; i++) newMap.delete(`key ${i}`);
    for (let i = 0; i < 300; i++) users.get(`key ${i}`);
    await clock.until(users.settle());
    await clock.advance(1_000);
    const gate = events.filter((event) => event.type === "gate");
    assertEquals(gate.map(({ verdict, reasons }) => [verdict, reasons.length > 0]), [["pass", false], ["fail", true]]);
  });

  it("may move the twin itself, and go wrong, and nobody notices but the count of hook errors", async () => {
    const { clock, users } = rig({
      onEvent: (event) => {
        if (event.type === "sweep" && event.clean === true) users.stage("live", forced("live", 1));
        throw new Error("of the owner");
      },
    });
    await moveTo(users, clock, "shadow");
    await clock.until(users.sweep());
    assertEquals([users.report().stage, users.report().percent], ["live", 1]);
    assertEquals(users.report().hookErrors > 4, true);
  });
});

describe("equals", () => {
  it("gets the key, for reads, sweeps and the answers of writes", async () => {
    const seen = new Set<string>();
    const { clock, users } = rig({ equals: (oldValue, newValue, key) => (seen.add(key), oldValue === newValue) });
    await moveTo(users, clock, "shadow");
    users.set("read", {}).set("swept", {}).set("written", {});
    const copies = rig({ equals: (_, __, key) => (seen.add(key), key !== "different") });
    await moveTo(copies.users, copies.clock, "shadow");
    for (const key of ["same", "different"]) {
      copies.oldMap.set(key, { of: "old" });
      copies.newMap.set(key, { of: "new" });
    }
    copies.users.get("same");
    copies.users.get("different");
    await copies.clock.until(copies.users.settle());
    await copies.clock.until(copies.users.sweep());
    copies.users.getAndSet("same", 1);
    assertEquals([...seen].sort(), ["different", "same"]);
    assertEquals(copies.users.report().byKind, { ...copies.users.report().byKind, value: 2, result: 0 });
    await clock.until(users.settle());
  });
});

describe("ignore", () => {
  const ignore = (key: string) => key.startsWith("tmp:");

  it("has keys never compared, but mirrored, copied and counted", async () => {
    const asked: string[] = [];
    const { clock, oldMap, newMap, users, told } = rig({
      ignore,
      equals: (oldValue, newValue, key) => (asked.push(key), oldValue === newValue),
    });
    oldMap.set("tmp:copied", 1).set("kept", 1);
    await moveTo(users, clock, "shadow");
    assertEquals([...newMap.keys()], ["tmp:copied", "kept"]);
    users.set("tmp:1", 1);
    assertEquals(newMap.get("tmp:1"), 1);
    newMap.set("tmp:1", 2).delete("tmp:copied");
    newMap.set("tmp:extra", 3);
    for (const key of ["tmp:1", "tmp:copied", "tmp:extra", "kept"]) users.get(key);
    users.getAndSet("tmp:1", 3);
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().ignored, users.report().matched], [0, 4, 1]);
    assertEquals(await clock.until(users.sweep()), true);
    assertEquals([users.report().sweep.ignored, users.report().sweep.diffs], [3, 0]);
    const { due, compared, evicted, ignored, inconclusive, dropped, pending } = users.report();
    assertEquals(due, compared + evicted + ignored + inconclusive + dropped + pending);
    assertEquals([told, asked.filter(ignore)], [[], []]);
  });

  it("reports no error at a write to such a key as a diff, but counts it", async () => {
    const { clock, newMap, users, told } = rig({ ignore });
    await moveTo(users, clock, "shadow");
    newMap.fault = "throws";
    users.set("tmp:1", 1).delete("tmp:2");
    users.clear();
    assertEquals(told.map(({ diff }) => diff.operation), ["clear"]);
    assertEquals(users.report().mirror.errors, 3);
  });

  it("compares a key for which it throws, and counts the error", async () => {
    const { clock, oldMap, users } = rig({
      ignore: () => {
        throw new Error("of the owner");
      },
    });
    await moveTo(users, clock, "shadow");
    oldMap.set("a", 1);
    users.get("a");
    await clock.until(users.settle());
    assertEquals([users.report().diffs, users.report().hookErrors > 0], [1, true]);
  });
});
