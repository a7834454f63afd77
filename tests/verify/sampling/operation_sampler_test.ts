import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { NativeMap, twin } from "@twinmap/twinmap";
import { OperationSampler } from "../../../verify/sampling/operation_sampler.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";

/** An `OperationSampler`, and whether it looks at each of the operations that come. */
class Sampled {
  readonly clock = new ManualClock();
  readonly operations: OperationSampler;
  readonly #reads = { left: 0 };
  readonly #sets = { left: 0 };

  constructor(share: number, seed?: () => number) {
    this.operations = new OperationSampler(share, this.clock, seed);
    this.operations.leaveTo(this.#reads, this.#sets);
  }

  reads(count: number): boolean[] {
    return Array.from({ length: count }, () => {
      const looks = --this.#reads.left < 0;
      if (looks) this.operations.looksAtRead();
      return looks;
    });
  }

  /** Of each `set`, whether it is passed over, tracked or looked at. */
  sets(count: number): ("passed" | "tracked" | "looked")[] {
    return Array.from({ length: count }, () => {
      if (--this.#sets.left >= 0) return "passed";
      return this.operations.looksAtSet() ? "looked" : "tracked";
    });
  }

  /** So many reads in each of so many windows of time. */
  async windows(windows: number, reads: number): Promise<boolean[][]> {
    const looks = [];
    for (let window = 0; window < windows; window++) {
      looks.push(this.reads(reads));
      await this.clock.advance(10);
    }
    return looks;
  }
}

/** Which keys are compared depends on it. */
const SECRET = "the secret of these tests";

const count = (looks: readonly boolean[]): number => looks.filter(Boolean).length;

describe("OperationSampler", () => {
  it("looks at all operations from a share of 1/4 up", () => {
    for (const share of [1, 1 / 2, 1 / 4]) {
      const sampled = new Sampled(share);
      sampled.operations.look("some", "some");
      assertEquals(count(sampled.reads(10_000)), 10_000);
      assertEquals(sampled.sets(10_000).indexOf("passed"), -1);
      assertEquals(sampled.operations.unseenSets, 0);
    }
  });

  it("looks at all operations where few keys are compared, while there are few operations", async () => {
    const sampled = new Sampled(1 / 64);
    sampled.operations.look("some", "none");
    const looks = await sampled.windows(50, 255);
    assertEquals(count(looks.flat()), 50 * 255);
  });

  it("looks at no more than 256 within 10 ms where there are more, nearly evenly, at gaps that vary", async () => {
    const sampled = new Sampled(1 / 64);
    sampled.operations.look("some", "none");
    const looks = (await sampled.windows(200, 10_000)).slice(20);
    const seen = looks.map(count);
    assert(seen.every((seen) => seen > 50 && seen <= 256), `${Math.min(...seen)} to ${Math.max(...seen)} looks`);
    const places = looks.flat().flatMap((looked, at) => looked ? [at] : []);
    for (const tenth of Array.from({ length: 10 }, (_, tenth) => tenth)) {
      const within = places.filter((at) => Math.floor(at % 10_000 / 1_000) === tenth).length;
      assert(within > places.length / 25, `${within} looks in the tenth number ${tenth}`);
    }
    for (const period of [2, 16, 31, 64, 100]) {
      const phases = new Set(places.map((at) => at % period));
      assertEquals(phases.size, period, `a rhythm of ${period}`);
    }
  });

  it("looks at other operations under another seed", async () => {
    const looks = await Promise.all([1, 2].map(async (seed) => {
      const sampled = new Sampled(1 / 64, () => seed);
      sampled.operations.look("some", "none");
      return (await sampled.windows(20, 1_000)).flat();
    }));
    assertNotEquals(looks[0], looks[1]);
  });

  it("looks at all operations again once there are few", async () => {
    const sampled = new Sampled(1 / 64);
    sampled.operations.look("some", "none");
    await sampled.windows(20, 10_000);
    const looks = await sampled.windows(200, 20);
    assertEquals(count(looks.slice(100).flat()), 100 * 20);
  });

  it("looks at no operation, or at all of them, if it is told so", () => {
    const sampled = new Sampled(1 / 64);
    assertEquals(sampled.sets(100), new Array(100).fill("passed"), "before it is told");
    sampled.operations.look("none", "all");
    assertEquals(count(sampled.reads(10_000)), 0);
    assertEquals(sampled.sets(10_000), new Array(10_000).fill("looked"));
    sampled.operations.look("all", "none");
    assertEquals(count(sampled.reads(10_000)), 10_000);
    assertEquals(sampled.sets(10_000), new Array(10_000).fill("passed"));
    assertEquals(sampled.operations.unseenSets, 10_100);
  });

  it("stops every set if it is told so, and looks at no larger part of them", async () => {
    const sampled = new Sampled(1 / 64);
    sampled.operations.look("none", "some");
    const parts = { passed: 0, tracked: 0, looked: 0 };
    const goOn = async (): Promise<void> => {
      Object.assign(parts, { passed: 0, tracked: 0, looked: 0 });
      for (let window = 0; window < 50; window++) {
        for (const part of sampled.sets(10_000)) parts[part]++;
        await sampled.clock.advance(10);
      }
    };
    await goOn();
    assert(parts.passed > 450_000 && parts.looked > 0 && parts.tracked === 0);
    assertEquals(sampled.operations.unseenSets, parts.passed);
    sampled.operations.trackSets(true);
    await goOn();
    assert(parts.tracked > 450_000 && parts.looked > 0 && parts.passed === 0);
    sampled.operations.trackSets(false);
    await goOn();
    assert(parts.passed > 450_000 && parts.tracked === 0);
  });
});

/** A twin at `shadow` of which the share `sample` is compared, and how many comparisons a read of each key makes due. */
async function dueBy(sample: number, rounds: number, keys: number): Promise<number> {
  const clock = new ManualClock();
  const users = twin<number, number>(new NativeMap(), new NativeMap(), {
    clock,
    secret: SECRET,
    sample,
    maxPending: 2 ** 20,
  });
  users.stage("dualwrite");
  users.stage("shadow");
  for (let round = 0; round < rounds; round++) {
    for (let key = 0; key < keys; key++) {
      users.get(key);
      if (key % 200 === 199) await clock.advance(10);
    }
  }
  await clock.until(users.settle());
  assertEquals(users.report().operations.reads, rounds * keys);
  return users.report().compared;
}

describe("TwinMap", () => {
  it("compares every read of the share of keys that is half of them, and always the same keys", async () => {
    const once = await dueBy(0.5, 1, 4_000);
    assert(Math.abs(once - 2_000) < 200, `${once} keys`);
    assertEquals(await dueBy(0.5, 5, 4_000), 5 * once);
  });

  it("compares every read of the 64th part of the keys while there are few reads", async () => {
    const once = await dueBy(1 / 64, 1, 6_400);
    assert(Math.abs(once - 100) < 40, `${once} keys`);
    assertEquals(await dueBy(1 / 64, 3, 6_400), 3 * once);
  });

  it("reaches every key of the 64th part with many reads, even if their rhythm never changes", async () => {
    const clock = new ManualClock();
    const users = twin<number, number>(new NativeMap(), new NativeMap(), {
      clock,
      secret: SECRET,
      sample: 1 / 64,
      maxPending: 2 ** 20,
    });
    users.stage("dualwrite");
    users.stage("shadow");
    const once = await dueBy(1 / 64, 1, 8_192);
    for (let window = 0; window < 200; window++) {
      for (let key = 0; key < 8_192; key++) users.get(key);
      await clock.advance(10);
    }
    await clock.until(users.settle());
    const { comparedKeys } = users.report();
    assert(comparedKeys > 0.9 * once, `${comparedKeys} of ${once} keys`);
  });

  it("compares some of the sets of the 64th part of the keys where there are many, and mirrors them all", async () => {
    const clock = new ManualClock();
    const newMap = new Map<number, number>();
    const users = twin<number, number>(new NativeMap(), newMap, {
      clock,
      secret: SECRET,
      sample: 1 / 64,
      maxPending: 2 ** 20,
    });
    users.stage("dualwrite");
    for (let round = 0; round < 100; round++) {
      for (let key = 0; key < 6_400; key++) users.set(key, round);
      await clock.advance(10);
    }
    await clock.until(users.settle());
    const { compared, diffs, operations } = users.report();
    assert(compared > 100 && compared < 450, `${compared} comparisons`);
    assertEquals([diffs, operations.writes, newMap.size], [0, 640_000, 6_400]);
    assert([...newMap.values()].every((value) => value === 99));
  });

  it("compares no larger part of the sets while a difference that was seen waits for its re-check", async () => {
    const clock = new ManualClock();
    const newMap = new Map<number, number>();
    const users = twin<number, number>(new Map(), newMap, {
      clock,
      secret: SECRET,
      sample: 1 / 64,
      maxPending: 2 ** 20,
    });
    users.stage("dualwrite");
    users.stage("shadow");
    const setAll = () => {
      for (let key = 0; key < 6_400; key++) users.set(key, key);
    };
    for (let window = 0; window < 20; window++) {
      setAll();
      await clock.advance(10);
    }
    newMap.clear();
    for (let key = 0; key < 6_400; key++) users.getOrInsert(key, key);
    await clock.advance(1);
    const before = users.report().pending;
    assert(before > 50, `${before} suspects`);
    for (let round = 0; round < 10; round++) setAll();
    const due = users.report().pending - before;
    assert(due < 50, `${due} comparisons of 64,000 sets`);
  });

  it("counts every set that the new map throws at, and takes no more of them for diffs than of those it compares", () => {
    const clock = new ManualClock();
    class Broken extends Map<number, number> {
      override set(): this {
        throw new Error("out of order");
      }
    }
    const users = twin<number, number>(new Map(), new Broken(), { clock, secret: SECRET, sample: 1 / 64 });
    users.stage("dualwrite");
    for (let key = 0; key < 16_000; key++) users.set(key, 0);
    const { mirror, byKind } = users.report();
    assertEquals(mirror.errors, 16_000);
    assert(byKind.error > 0 && byKind.error < 60, `${byKind.error} diffs`);
  });

  it("claims nothing of an answer to a key that was set a moment ago without being looked at", async () => {
    const clock = new ManualClock();
    /** Takes effect a little late, as a map elsewhere may. */
    const newMap = new Map<number, number>();
    const users = twin<number, number>(new Map(), newMap, { clock, secret: SECRET, sample: 1 / 64 });
    users.stage("dualwrite");
    await clock.until(users.backfill());
    await clock.advance(1_000);
    const late = Array.from({ length: 6_400 }, (_, key) => key);
    for (const key of late) users.set(key, 1);
    newMap.clear();
    for (const key of late) users.getAndDelete(key);
    const { byKind, inconclusive } = users.report();
    assertEquals(byKind.result, 0);
    assert(inconclusive > 50, `${inconclusive} inconclusive`);
    for (const key of late) users.set(key, 1);
    await clock.advance(1_000);
    newMap.clear();
    for (const key of late) users.getAndDelete(key);
    assert(users.report().byKind.result > 50, "after a while it does");
  });
});
