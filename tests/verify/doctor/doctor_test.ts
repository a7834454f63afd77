import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ManualClock } from "@twinmap/twinmap/testing";
import { diagnose } from "../../../verify/doctor/doctor.ts";
import type { ExaminedMap, MapServer } from "../../../verify/doctor/examined_map.ts";
import { Scan } from "../../../verify/doctor/scan.ts";
import { DeclaringMap, examined } from "./examined.ts";

const clock = new ManualClock();
const entries = async function* (): AsyncGenerator<[unknown, unknown]> {
  yield* [["a", 1], [1, 2], [2, 3]] as [unknown, unknown][];
};

function diagnosis(old: ExaminedMap, next: ExaminedMap) {
  return diagnose(old, next, new Scan(old, next, false, clock), new AbortController().signal, clock);
}

describe("diagnose()", () => {
  it("tells the problems first, of the servers of both maps", async () => {
    const server = (aheadMs: number, policy: string): MapServer => ({
      now: () => Promise.resolve(clock.now() + aheadMs),
      evictionPolicy: () => Promise.resolve(policy),
    });
    const old = examined(new DeclaringMap({}, entries), { server: server(-9_000, "allkeys-lfu") });
    const next = examined(new DeclaringMap({ order: "none" }), { server: server(9_000, "volatile-lru") });
    const found = await diagnosis(old, next);
    assertEquals(found.findings.map(({ level, check }) => [level, check]), [
      ["problem", "eviction"],
      ["problem", "eviction"],
      ["note", "clock"],
      ["note", "clock"],
    ]);
    assertEquals([found.old.clock?.aheadMs, found.new.clock?.aheadMs], [-9_000, 9_000]);
    assertEquals(found.scan, { entries: 3, isComplete: true });
    const [ofOld, ofNew] = found.findings.map(({ text }) => text);
    assertEquals(ofOld?.includes("of the old map evicts any entries"), true);
    assertEquals(ofNew?.includes("of the new map evicts entries that expire"), true);
  });

  it("measures both maps, by the keys that each takes, unless the map does not exist yet", async () => {
    const [old, next] = [new DeclaringMap({}, entries), new DeclaringMap({ keys: "integers" })];
    const found = await diagnosis(examined(old), examined(next));
    assertEquals([new Set(old.asked), new Set(next.asked)], [new Set(["a", 1, 2]), new Set([1, 2])]);
    assertEquals([found.old.latency?.calls, found.new.latency?.calls, found.new.clock], [50, 50, undefined]);
    const absent = await diagnosis(examined(old), examined(new DeclaringMap(), { exists: false }));
    assertEquals([absent.new.latency, absent.findings.map(({ level }) => level)], [undefined, ["note"]]);
  });

  it("notes that the new map has entries already", async () => {
    const found = await diagnosis(examined(), examined(new DeclaringMap({}, entries)));
    assertEquals(found.findings.map(({ text }) => text), ["The new map has entries already."]);
  });
});
