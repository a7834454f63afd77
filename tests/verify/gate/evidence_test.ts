import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { shadowed, type ShadowedRig } from "../../regression/shadowed_rig.ts";

const KEYS = Array.from({ length: 200 }, (_, i) => `k${i}`);
const SECRET = "the secret of a test";

const conditionOf = ({ users }: ShadowedRig, name: string) =>
  users.report().gate.conditions.find((condition) => condition.name === name);

/** Reads all keys, once a minute. */
async function readFor({ clock, users }: ShadowedRig, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    for (const key of KEYS) users.get(key);
    await clock.advance(60_000);
  }
}

describe("the detector of a twin", () => {
  it("makes the gate fail soon after a fault begins, though nobody looks", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { threshold: 1e-3 } });
    await readFor(it, 100);
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
    for (const key of KEYS.slice(0, 10)) it.newMap.delete(key);
    await readFor(it, 1);
    const { gate } = it.users.report();
    assertEquals([gate.verdict, gate.conditions[0]?.name], ["fail", "alarm"]);
    // The bounds over the whole episode do not know it yet.
    assertEquals(conditionOf(it, "diffs")?.verdict, "hold");
  });

  it("forgets its alarm where a new episode begins, and not before", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { threshold: 1e-3 } });
    for (const key of KEYS.slice(0, 20)) it.newMap.delete(key);
    await readFor(it, 1);
    for (const [at, key] of KEYS.entries()) it.newMap.set(key, at);
    await readFor(it, 100);
    assertEquals(conditionOf(it, "alarm")?.verdict, "fail");
    it.users.reset("the keys are there again");
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
    await readFor(it, 5);
    assertEquals(conditionOf(it, "alarm")?.verdict, "pass");
  });
});

describe("the latency of a twin's maps", () => {
  it("is judged by reads of this episode, of which one counts per 100 ms", async () => {
    const it = await shadowed(KEYS, { secret: SECRET, gate: { latencyFactor: 2, confidence: 0.5 } });
    const readAll = async (times: number) => {
      for (let i = 0; i < times; i++) {
        for (const key of KEYS.slice(0, 16)) it.users.get(key);
        await it.clock.advance(100);
      }
    };
    for (let i = 0; i < 50; i++) for (const key of KEYS) it.users.get(key);
    await readAll(1);
    assertEquals(conditionOf(it, "latency")?.verdict, "hold");
    await readAll(400);
    assertEquals(conditionOf(it, "latency")?.verdict, "pass");
    it.users.reset("another map");
    assertEquals(conditionOf(it, "latency")?.verdict, "hold");
  });
});
