import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, NativeMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { ManualClock } from "@twinmap/twinmap/testing";
import type { ExaminedMap, MapServer } from "../../../verify/doctor/examined_map.ts";
import { clockDifferenceTo, clockFindings, evictionFindings } from "../../../verify/doctor/server_checks.ts";

const NEVER_EXPIRES = lift<unknown, unknown>(new NativeMap());
const EXPIRES = lift<unknown, unknown>(new LruMap({ max: 10, ttlMs: 1_000 }));

function examined(map: ExaminedMap["map"], server?: Partial<MapServer>): ExaminedMap {
  const now = () => Promise.resolve(0);
  return { name: "Map", map, isSynchronous: false, exists: true, server: { now, ...server } };
}

describe("clockDifferenceTo()", () => {
  it("believes the answer that came most quickly", async () => {
    const clock = new ManualClock();
    const delays = [300, 40, 900, 500, 100];
    const difference = await clockDifferenceTo({
      now: async () => {
        const delay = delays.shift() as number;
        await clock.advance(delay);
        // It reads its clock at the end: half of the delay is wrong.
        return clock.now() + 5_000;
      },
    }, clock);
    assertEquals(difference, { aheadMs: 5_020, errorMs: 20 });
  });
});

describe("clockFindings()", () => {
  it("finds a problem where entries expire, and else notes it, but nothing within a second", () => {
    const levels = (map: ExaminedMap["map"], aheadMs: number, errorMs: number) =>
      clockFindings("new", examined(map), { aheadMs, errorMs }).map(({ level }) => level);
    assertEquals(levels(EXPIRES, -1_030, 20), ["problem"]);
    assertEquals(levels(NEVER_EXPIRES, 1_030, 20), ["note"]);
    assertEquals(levels(EXPIRES, 1_020, 20), []);
  });

  it("says which clock is ahead", () => {
    const text = (aheadMs: number) => clockFindings("old", examined(EXPIRES), { aheadMs, errorMs: 0 })[0]?.text;
    const rest = "that of this machine: entries expire too early or too late by so much.";
    assertEquals(text(2_000), `The clock of the old map's server is 2,000 ms ahead of ${rest}`);
    assertEquals(text(-2_000), `The clock of the old map's server is 2,000 ms behind ${rest}`);
  });
});

describe("evictionFindings()", () => {
  const levels = async (policy: () => Promise<string>) =>
    (await evictionFindings("new", examined(NEVER_EXPIRES, { evictionPolicy: policy }))).map(({ level }) => level);

  it("finds a problem where the server evicts keys", async () => {
    assertEquals(await levels(() => Promise.resolve("noeviction")), []);
    for (const policy of ["allkeys-lru", "volatile-ttl"]) {
      assertEquals(await levels(() => Promise.resolve(policy)), ["problem"]);
    }
  });

  it("notes where the server does not tell, and nothing where there is no server that could", async () => {
    assertEquals(await levels(() => Promise.reject(new Error("NOPERM"))), ["note"]);
    assertEquals(await evictionFindings("new", examined(NEVER_EXPIRES)), []);
  });

  it("does not ask where the map itself may evict", async () => {
    const cache = examined(EXPIRES, { evictionPolicy: () => Promise.resolve("allkeys-lru") });
    assertEquals(await evictionFindings("new", cache), []);
  });
});
