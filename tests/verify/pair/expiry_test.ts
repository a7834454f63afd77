import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type ConcurrentMap, type DiffKind, NativeMap, type Traits, twin, type TwinMap } from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { MinimalMap } from "../../conformance/minimal_map.ts";
import { moveTo } from "../../move_to.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

type Make = (clock: ManualClock) => ConcurrentMap<string, number>;

const never: Make = () => new NativeMap();
const after = (ttlMs: number): Make => (clock) => new LruMap({ max: 9, ttlMs, clock });

/** A twin at `shadow` of two maps, the old one of which held `a` before. */
async function rig(makeOld: Make, makeNew: Make, mirror: "inline" | "queued" = "inline") {
  const clock = new ManualClock();
  const [oldMap, newMap] = [makeOld(clock), makeNew(clock)];
  oldMap.set("a", 1);
  const users = twin(oldMap, newMap, { clock, mirror });
  await clock.advance(3_000);
  await moveTo(users, clock, "shadow");
  return { clock, oldMap, newMap, users };
}

/** The kinds of the diffs so far. */
function kinds(users: TwinMap<string, number>): DiffKind[] {
  return users.report().recent.map(({ kind }) => kind);
}

describe("expiry, compared by a twin,", () => {
  it("finds an entry that the old map let expire and the new one still answers", async () => {
    for (const makeNew of [never, after(60_000), (() => new LruMap({ max: 9 })) as Make]) {
      const { clock, users } = await rig(after(5_000), makeNew);
      users.set("b", 2);
      await clock.advance(5_001);
      users.has("b");
      await clock.until(users.settle());
      assertEquals(new Set(kinds(users)), new Set(["expiry"]));
      assertEquals([await clock.until(users.sweep()), users.report().evicted], [false, 0]);
    }
  });

  it("takes an entry that only the new map let expire for explained", async () => {
    const { clock, users } = await rig(never, after(5_000));
    users.set("b", 2);
    await clock.advance(5_001);
    users.get("b");
    await clock.until(users.settle());
    assertEquals([kinds(users), users.report().evicted], [[], 1]);
  });

  it("finds another time to live before an entry expires, and says when it does on each side", async () => {
    const { clock, users } = await rig(after(60_000), after(65_000));
    users.set("b", 2);
    const setAt = clock.now();
    await clock.until(users.settle());
    const { recent: [diff] } = users.report();
    const expires = (atMs: number) => `expires at ${new Date(atMs).toISOString()}`;
    assertEquals([diff?.kind, diff?.old, diff?.new], ["expiry", expires(setAt + 60_000), expires(setAt + 65_000)]);
  });

  it("says of an entry that it never expires", async () => {
    const { clock, users, newMap } = await rig(after(60_000), after(60_000));
    (newMap as LruMap<string, number>).set("a", 1, { ttlMs: Infinity });
    users.get("a");
    await clock.until(users.settle());
    assertEquals(users.report().recent[0]?.new, "never expires");
  });

  it("keeps the time to live of what a backfill copies", async () => {
    const { clock, oldMap, newMap, users } = await rig(after(60_000), after(60_000));
    const lived = [oldMap, newMap].map((map) => (map as LruMap<string, number>).expiresAt("a"));
    assertEquals(lived[0], lived[1]);
    assertEquals(await clock.until(users.sweep()), true);
  });

  it("finds nothing where both sides let entries expire after the same time, whatever the mirror", async () => {
    for (const mirror of ["inline", "queued"] as const) {
      const { clock, users } = await rig(after(5_000), after(5_000), mirror);
      for (let at = 0; at < 60; at++) {
        users.set(`${at % 7}`, at);
        users.get(`${at % 5}`);
        users.get("a");
        await clock.advance(at % 11 === 0 ? 5_001 : 400);
      }
      await clock.until(users.settle());
      assertEquals([kinds(users), await clock.until(users.sweep())], [[], true]);
    }
  });

  it("finds nothing where the clocks of the maps begin anywhere, and agree about the time to less than a second", async () => {
    const shifted = (beginsAtMs: number, aheadMs: number): Make => (clock) =>
      new LruMap({
        max: 9,
        ttlMs: 5_000,
        clock: { monotonicMs: () => beginsAtMs + clock.monotonicMs(), now: () => aheadMs + clock.now() },
      });
    const { clock, users } = await rig(shifted(1e9, 0), shifted(-1e6, 900));
    for (let at = 0; at < 60; at++) {
      users.set(`${at % 7}`, at);
      users.get(`${at % 5}`);
      await clock.advance(at % 11 === 0 ? 5_001 : 400);
    }
    await clock.until(users.settle());
    assertEquals([kinds(users), await clock.until(users.sweep())], [[], true]);
  });

  it("refuses a map that says its entries expire and can't tell when", () => {
    class Fleeting extends MinimalMap<string, number> {
      override get traits(): Traits {
        return { ...super.traits, expires: "entry" };
      }
    }
    const message =
      "the new map lets entries expire, so it must have the methods expiresAt and expired: received Fleeting";
    assertThrows(() => twin(new Map<string, number>(), new Fleeting()), TypeError, message);
  });
});
