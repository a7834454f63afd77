import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  AbstractAsyncMap,
  type AsyncConcurrentMap,
  HashTrieMap,
  NativeMap,
  type Stage,
  type Traits,
  twin,
} from "@twinmap/twinmap";
import { SharedMap } from "@twinmap/twinmap/shared";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import { moveTo } from "../../move_to.ts";
import { assertSame, type Call, KEYS, simpleCall, type Value, VALUES } from "../acts.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { makeKeyHash } from "../../../src/keys/key_hash.ts";
import { KeyVersions } from "../../../verify/pair/key_versions.ts";
import { SyncPair } from "../../../verify/pair/sync_pair.ts";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { Ledger } from "../../../verify/stats/ledger.ts";
import { backfill } from "../../../verify/work/backfill.ts";
import { Job } from "../../../verify/work/job.ts";
import { Pace } from "../../../verify/work/pace.ts";
import { PromisePair } from "../promise_pair.ts";
import { Process, RacedStore } from "../twin/raced_store.ts";
import { NEVER_MS, UnhurriedClock } from "../unhurried_clock.ts";

const entries = fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES)), { maxLength: 8 });
const writes = fc.array(fc.tuple(simpleCall(), fc.boolean()), { maxLength: 30 });
const options = fc.record({
  mirror: fc.constantFrom("inline", "queued"),
  maxPending: fc.constantFrom(1, 100),
});

describe("backfill()", () => {
  for (const stage of ["dualwrite", "rampdown"] satisfies Stage[]) {
    it(`at ${stage} leaves the copy equal, in order too, whatever is written meanwhile`, async () => {
      await fc.assert(fc.asyncProperty(entries, writes, options, async (entries, writes, options) => {
        const clock = new ManualClock(0.01);
        const [oldMap, newMap] = [new NativeMap<unknown, Value>(), new NativeMap<unknown, Value>()];
        const users = twin(oldMap, newMap, { clock, slice: 0.01, ...options });
        if (stage === "rampdown") await moveTo(users, clock, "complete");
        for (const [key, value] of entries) users.set(key, value);
        users.stage(stage);
        const filled = users.backfill();
        await during(writes);
        await clock.until(filled);
        await clock.until(users.settle());
        assertSame([...newMap], [...oldMap]);
        assertEquals(users.report().backfill.state, "done");
        assertEquals(await clock.until(users.sweep()), true);

        async function during(writes: readonly (readonly [Call, boolean])[]): Promise<void> {
          for (const [{ run }, waits] of writes) {
            run(users);
            if (waits) await clock.advance(0.02);
          }
        }
      }));
    });
  }

  it("deletes what only the other map holds, unless it was written meanwhile", async () => {
    const clock = new ManualClock();
    const newMap = new Map([["b", 2], ["c", 3], ["d", 4]]);
    const users = twin(new Map([["a", 1]]), newMap, { clock });
    users.stage("dualwrite");
    const filled = users.backfill();
    users.set("c", 30);
    await clock.until(filled);
    assertEquals(newMap, new Map([["a", 1], ["c", 30]]));
    const { done, deleted, left } = users.report().backfill;
    assertEquals([done, deleted, left], [2, 2, 0]);
    assertEquals(await clock.until(users.sweep()), true);
  });

  it("deletes nothing in a map that is shared more widely, and says what it left", async () => {
    const clock = new ManualClock();
    const shared = SharedMap.create<string, number>({ maxBytes: 2 ** 20 }).set("b", 2);
    const users = twin(new Map([["a", 1]]), shared, { clock });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    assertEquals(new Map(shared), new Map([["a", 1], ["b", 2]]));
    const { done, deleted, left } = users.report().backfill;
    assertEquals([done, deleted, left], [1, 0, 1]);
  });

  it("rejects, and does not count, if a side throws: a copy with holes would be no copy", async () => {
    const clock = new ManualClock();
    const newMap = new FaultyMap<string, number>(new NativeMap());
    const users = twin(new Map([["a", 1], ["b", 2]]), newMap, { clock });
    users.stage("dualwrite");
    newMap.fault = "throws";
    await assertRejects(() => clock.until(users.backfill()), Error, "out of order");
    newMap.fault = undefined;
    assertEquals(users.report().backfill.state, "aborted");
    users.stage("shadow");
    const live = users.report().moves.find(({ stage }) => stage === "live");
    assertEquals(live?.missing.slice(0, 2), ["a backfill must finish", "a sweep of all keys must finish clean"]);
  });

  it("copies by batches from a pair that answers with promises, and tries again what was written meanwhile", async () => {
    await fc.assert(fc.asyncProperty(entries, entries, fc.constantFrom("old", "new"), async (entries, others, from) => {
      const clock = new ManualClock();
      const [oldMap, newMap] = [new HashTrieMap<unknown, Value>(), new HashTrieMap<unknown, Value>()];
      const [source, target] = from === "old" ? [oldMap, newMap] : [newMap, oldMap];
      for (const [key, value] of entries) source.set(key, value);
      const ledger = new Ledger(new OperationSampler(1, clock));
      const versions = new KeyVersions(clock, ledger.operations, makeKeyHash());
      const pair = new PromisePair(new SyncPair({ oldMap, newMap, versions, ledger, clock, equals: Object.is }));
      const job = new Job(clock, 4, new Pace(clock, Infinity));
      const copied = { deleted: 0, left: 0 };
      for (const [key, value] of others) target.set(key, value);
      const extra = new Set(target.keys()).difference(new Set(source.keys())).size;
      await clock.until(backfill(job, pair, from, true, copied, () => true));
      assertSame(new Map(target), new Map(source));
      assertEquals([job.state, job.done, job.total], ["done", source.size, source.size]);
      assertEquals(copied, { deleted: extra, left: 0 });
    }));
  });
});

const storeKeys = fc.constantFrom("a", "b", "c", "d");
const storeValues = fc.integer({ min: 0, max: 3 });
const storeEntries = fc.uniqueArray(fc.tuple(storeKeys, storeValues), { selector: ([key]) => key });

type Write = (map: AsyncConcurrentMap<string, number>) => Promise<unknown>;
const storeWrites = fc.array(
  fc.oneof(
    fc.tuple(storeKeys, storeValues).map(([key, value]): Write => (map) => map.set(key, value)),
    storeKeys.map((key): Write => (map) => map.delete(key)),
    storeKeys.map((key): Write => (map) => map.update(key, (now = 0) => now + 1)),
  ),
  { maxLength: 6 },
);

describe("backfill() of two stores that is killed and begun again", () => {
  it("leaves both stores with what the callers wrote, wherever it was killed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(40),
        fc.record({ old: storeEntries, new: storeEntries }),
        fc.record({ before: storeWrites, between: storeWrites, after: storeWrites }),
        fc.constantFrom("one" as const, "many" as const),
        async (scheduler, commands, held, writes, instances) => {
          const oldStore = new RacedStore(scheduler, "old", held.old);
          const newStore = new RacedStore(scheduler, "new", held.new);
          const clock = new UnhurriedClock(scheduler);
          const timed = { clock, instances, mirrorTimeoutMs: NEVER_MS, unknownMs: NEVER_MS } as const;
          const serve = async (process: Process, calls: readonly Write[]) => {
            const maps = [oldStore.map(clock, process), newStore.map(clock, process)] as const;
            const users = twin(...maps, { ...timed, at: { stage: "dualwrite" } });
            await Promise.all([users.backfill(), made(calls, users)]);
            await users.settle();
            users.close();
          };

          const killed = new Process(commands);
          await scheduler.waitFor(Promise.race([killed.killed, serve(killed, writes.before)]));
          // The service goes on without a twin.
          await scheduler.waitFor(made(writes.between, oldStore.map(clock)));
          const expected = new RacedStore(scheduler, "expected", oldStore.entries);
          await scheduler.waitFor(made(writes.after, expected.map(clock)));
          await scheduler.waitFor(serve(new Process(Infinity), writes.after));
          assertEquals(sorted(oldStore), sorted(expected));
          assertEquals(sorted(newStore), sorted(oldStore));
        },
      ),
      { numRuns: 80 },
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
