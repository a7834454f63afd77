/** A backfill whose process is killed at any step, and that is begun again by another one. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractAsyncMap, type AsyncConcurrentMap, type Traits, twin } from "@twinmap/twinmap";
import fc from "fast-check";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { RacingClock } from "../racing_clock.ts";
import { Process, RacedStore } from "../twin/raced_store.ts";

const NEVER_MS = 2 ** 30;
const keys = fc.constantFrom("a", "b", "c", "d");
const values = fc.integer({ min: 0, max: 3 });
const entries = fc.uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key });

type Write = (map: AsyncConcurrentMap<string, number>) => Promise<unknown>;
const writes = fc.array(
  fc.oneof(
    fc.tuple(keys, values).map(([key, value]): Write => (map) => map.set(key, value)),
    keys.map((key): Write => (map) => map.delete(key)),
    keys.map((key): Write => (map) => map.update(key, (now = 0) => now + 1)),
  ),
  { maxLength: 6 },
);

describe("a backfill that is killed and begun again", () => {
  it("leaves both stores with what the callers wrote, wherever it was killed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(40),
        fc.record({ old: entries, new: entries }),
        fc.record({ before: writes, between: writes, after: writes }),
        fc.constantFrom("one" as const, "many" as const),
        async (scheduler, commands, held, writes, instances) => {
          const oldStore = new RacedStore(scheduler, "old", held.old);
          const newStore = new RacedStore(scheduler, "new", held.new);
          const clock = new RacingClock(scheduler);
          const timed = { clock: clockWithoutLimits(clock), instances, mirrorTimeoutMs: NEVER_MS } as const;
          const serve = async (process: Process, calls: readonly Write[]) => {
            const maps = [oldStore.map(timed.clock, process), newStore.map(timed.clock, process)] as const;
            const users = twin(...maps, { ...timed, at: { stage: "dualwrite" } });
            await Promise.all([users.backfill(), made(calls, users)]);
            await users.settle();
            users.close();
          };

          const killed = new Process(commands);
          await scheduler.waitFor(Promise.race([killed.killed, serve(killed, writes.before)]));
          // The service goes on without a twin.
          await scheduler.waitFor(made(writes.between, oldStore.map(timed.clock)));
          const expected = new RacedStore(scheduler, "expected", oldStore.entries);
          await scheduler.waitFor(made(writes.after, expected.map(timed.clock)));
          await scheduler.waitFor(serve(new Process(Infinity), writes.after));
          assertEquals(sorted(oldStore), sorted(expected));
          assertEquals(sorted(newStore), sorted(oldStore));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps the times at which entries expire, and writes only what differs", async () => {
    const clock = new ManualClock();
    const [oldMap, newMap] = [new ExpiringMap(clock), new ExpiringMap(clock)];
    await oldMap.set("never", 1);
    await oldMap.set("soon", 2, { ttlMs: 5_000 });
    await oldMap.set("later", 3, { ttlMs: 60_000 });
    await newMap.set("never", 1);
    await newMap.set("later", 3, { ttlMs: 90_000 });
    newMap.writes = 0;
    const users = twin(oldMap, newMap, { clock, instances: "one", at: { stage: "dualwrite" } });
    await clock.until(users.backfill());
    assertEquals(newMap.writes, 2);
    for (const key of ["never", "soon", "later"]) {
      assertEquals(await newMap.expiresAt(key), await oldMap.expiresAt(key));
    }
    users.close();
  });
});

/** The clock of a race on which no time runs out. */
function clockWithoutLimits(clock: RacingClock) {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    schedule: (task: () => void, delayMs: number) => delayMs < NEVER_MS ? clock.schedule(task, delayMs) : undefined,
  };
}

async function made(calls: readonly Write[], map: AsyncConcurrentMap<string, number>): Promise<void> {
  for (const call of calls) await call(map);
}

function sorted({ entries }: RacedStore): unknown {
  return [...entries].sort();
}

interface Expiring {
  readonly value: number;
  readonly expiresAt: number;
}

/** Entries that each expire at a time of their own. */
class ExpiringMap extends AbstractAsyncMap<string, number> {
  writes = 0;

  constructor(clock: ManualClock) {
    const entries = new Map<string, Expiring>();
    super({
      get: (key) => entries.get(key),
      set: (key, value, { ttlMs = Infinity }) => {
        this.writes++;
        entries.set(key, { value, expiresAt: clock.now() + ttlMs });
      },
      delete: (key) => entries.delete(key),
      async *entries() {
        for (const [key, { value }] of entries) yield [key, value];
      },
    }, { clock });
  }

  override get traits(): Traits {
    return { ...super.traits, expires: "entry", expiryPrecisionMs: 1 };
  }
}
