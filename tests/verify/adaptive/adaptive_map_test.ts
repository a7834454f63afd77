import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { AdaptiveMap, type AdaptiveMapOptions, type AdaptiveState, IntMap } from "@twinmap/twinmap";
import { OPERATIONS, steps } from "../../../testing/conformance/operations.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { RacingClock } from "../racing_clock.ts";

const EAGER = { readDirtyUpTo: 3, intFrom: 4, shardedFrom: 6, minWrites: 4 };
const keys = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(0, -0, 1, 2, 3, 4, 5, 6) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("1", "a", NaN, undefined, 1.5) },
);
const values = fc.constantFrom<unknown>(0, -0, undefined, "x", NaN);

/** Operations, each with the time that passes after it. */
const timed = (keys: fc.Arbitrary<unknown>) =>
  fc.array(fc.tuple(steps(keys, values), fc.constantFrom(0, 0, 0, 1, 50)), { maxLength: 60 });

/** Enough keys deleted and set again to be noticed. */
const returning = fc.constant(
  Array.from({ length: 400 }, (_, index) => {
    const operation = OPERATIONS.find(({ name }) => name === (index % 2 ? "set" : "delete")) as typeof OPERATIONS[0];
    return [{ operation, key: (index >> 1) % 3, value: index, expected: 0 }, index % 50 ? 0 : 50] as const;
  }),
);

/** Phases of a load, each of operations on a few kinds of keys. */
const phases = fc.array(
  fc.oneof(timed(keys), timed(fc.nat(7)), timed(fc.constantFrom("a", "b", "c", "d", "e", "f", "g")), returning),
  { maxLength: 6 },
);

/** Calls `operation` with the numbers up to `count`, with time for a move in between. */
async function use(
  map: AdaptiveMap<unknown, unknown>,
  clock: ManualClock,
  count: number,
  operation: (index: number) => unknown,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    operation(index);
    if (index % 1_000 === 999) await clock.until(map.settle());
  }
  await clock.until(map.settle());
}

function making(options: AdaptiveMapOptions): { map: AdaptiveMap<unknown, unknown>; clock: ManualClock } {
  const clock = new ManualClock();
  return { map: new AdaptiveMap({ clock, ...options }), clock };
}

const SMALL = { readDirtyUpTo: 200, intFrom: 500, shardedFrom: 2_000, minWrites: 1_000 };
const stringKey = (index: number) => `key ${index}`;

describe("AdaptiveMap", () => {
  it("answers every operation as a plain Map would, at each state and at each stage of a move", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(phases, async (phases) => {
        const clock = new ManualClock(2);
        const map = new AdaptiveMap<unknown, unknown>({ ...EAGER, clock });
        const model = new Map<unknown, unknown>();
        for (const [step, waitMs] of phases.flat()) {
          assertEquals(step.operation.onMap(map, step), step.operation.onModel(model, step));
          assertEquals(map.size, model.size);
          if (waitMs > 0) await clock.advance(waitMs);
          seen.add(map.moving?.stage ?? map.state);
        }
        assertEquals(new Map(map), model);
        assertEquals(new Map(map.snapshot()), model);
        assertEquals([...map.keys()].length, model.size);
        await clock.until(map.settle());
        assertEquals(new Map(map), model);
        assert(map.moves.every(({ outcome }) => outcome === "done"));
      }),
      { numRuns: 80, seed: 1 },
    );
    const expected = ["IntMap", "NativeMap", "ReadDirtyMap", "ShardedMap", "dualwrite", "off", "shadow"];
    assertEquals([...seen].filter((one) => expected.includes(one)).sort(), expected);
  });

  it("loses no write and invents none, in whatever order its moves and its writers take turns", async () => {
    let moves = 0;
    const written = fc.array(steps(keys, values), { minLength: 8, maxLength: 40 });
    await fc.assert(fc.asyncProperty(fc.scheduler(), written, async (scheduler, steps) => {
      const map = new AdaptiveMap<unknown, unknown>({ ...EAGER, clock: new RacingClock(scheduler) });
      const model = new Map<unknown, unknown>();
      const sequence = scheduler.scheduleSequence(steps.map((step) => async () => {
        assertEquals(step.operation.onMap(map, step), step.operation.onModel(model, step));
        await Promise.resolve();
      }));
      await scheduler.waitFor(sequence.task);
      assertEquals((await sequence.task).faulty, false);
      await scheduler.waitFor(map.settle());
      assertEquals(new Map(map), model);
      moves += map.moves.length;
    }));
    assert(moves > 10);
  });

  it("visits each entry that is present throughout exactly once while it moves, with its current value, and no deleted one", async () => {
    let moves = 0;
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(steps(keys, values), fc.boolean())), async (steps) => {
      const clock = new ManualClock(0.01);
      const map = new AdaptiveMap<unknown, unknown>({ ...EAGER, clock });
      for (const key of [0, 1, 2, 3, "a", "b"]) map.set(key, 0);
      const model = new Map(map);
      const always = new Set(model.keys());
      const visited: unknown[] = [];
      const entries = map.entries();
      const keysToo = map.keys();
      for (let at = 0;; at++) {
        const { done, value: entry } = entries.next();
        const key = keysToo.next();
        assertEquals([key.done, key.value], [done, entry?.[0]]);
        if (done) break;
        visited.push(entry[0]);
        assert(model.has(entry[0]));
        assertEquals(entry[1], model.get(entry[0]));
        for (const [step, waits] of steps.slice(at * 3, at * 3 + 3)) {
          step.operation.onMap(map, step);
          step.operation.onModel(model, step);
          if (waits) await clock.advance(20);
          for (const key of always) if (!model.has(key)) always.delete(key);
        }
      }
      for (const key of always) assertEquals(visited.filter((one) => Object.is(one, key)).length, 1);
      moves += map.moves.length;
    }));
    assert(moves > 0);
  });

  it("starts as a NativeMap and stays one if keys are only read and set", async () => {
    const { map, clock } = making(SMALL);
    assertEquals(map.state, "NativeMap");
    await use(map, clock, 20_000, (index) => index % 3 ? map.get(`${index % 1_000}`) : map.set(`${index % 1_000}`, 1));
    assertEquals([map.state, map.moves], ["NativeMap", []]);
  });

  it("becomes an IntMap for many whole-number keys, and reports when and why", async () => {
    const { map, clock } = making(SMALL);
    const at = clock.now();
    for (let index = 0; index < 1_000; index++) map.set(index, index);
    assertEquals([map.state, map.moving?.to, map.moving?.stage], ["NativeMap", "IntMap", "off"]);
    await clock.until(map.settle());
    assertEquals([map.state, map.moving], ["IntMap", undefined]);
    const load = { writes: 1_000, entries: 1_000, reads: 0, deletes: 0, returned: 0, integers: 1 };
    const why = "1,000 entries, 100 % of the keys whole numbers of 32 bits";
    assertEquals(map.moves, [{ from: "NativeMap", to: "IntMap", why, load, at, outcome: "done" }]);
  });

  it("stays a NativeMap for whole numbers beyond 32 bits, which an IntMap does not read faster", async () => {
    const { map, clock } = making(SMALL);
    await use(map, clock, 2_000, (index) => map.set(2 ** 31 + index % 1_000, 1));
    assertEquals(map.moves, []);
    await use(map, clock, 4_000, (index) => map.set(-(2 ** 31) + index % 1_000, 1));
    assertEquals(map.state, "IntMap");
  });

  it("accepts any key as an IntMap, and stays one until most keys are not whole numbers", async () => {
    const { map, clock } = making(SMALL);
    await use(map, clock, 2_000, (index) => map.set(index % 1_000, index));
    assertEquals(map.set("a", 1).get("a"), 1);
    assertEquals([map.has(1.5), map.has(NaN), map.size], [false, false, 1_001]);
    await use(map, clock, 20_000, (index) => map.set(index % 4 ? index % 1_000 : "a", 1));
    assertEquals(map.state, "IntMap");
    await use(map, clock, 20_000, (index) => map.set(index % 4 ? "a" : index % 1_000, 1));
    assertEquals([map.state, map.get("a"), map.size], ["NativeMap", 1, 1_001]);
  });

  it("becomes a ShardedMap when it is large, and a NativeMap again when it stays small", async () => {
    const { map, clock } = making(SMALL);
    await use(map, clock, 4_000, (index) => map.set(stringKey(index), index));
    assertEquals(map.state, "ShardedMap");
    await use(map, clock, 3_000, (index) => map.delete(stringKey(index)));
    await use(map, clock, 6_000, () => map.set(stringKey(3_999), 1));
    assertEquals(map.state, "ShardedMap");
    await use(map, clock, 600, (index) => map.delete(stringKey(3_000 + index)));
    await use(map, clock, 6_000, () => map.set(stringKey(3_999), 1));
    assertEquals([map.state, map.size], ["NativeMap", 400]);
  });

  it("becomes a ReadDirtyMap if keys are deleted and set again, but not if they are mostly read or replaced by other keys", async () => {
    const returning = making(SMALL);
    await use(returning.map, returning.clock, 20_000, (index) => {
      const key = stringKey((index >> 1) % 100);
      return index % 2 ? returning.map.set(key, 1) : returning.map.delete(key);
    });
    assertEquals(returning.map.state, "ReadDirtyMap");
    const mostlyRead = making(SMALL);
    await use(mostlyRead.map, mostlyRead.clock, 20_000, (index) => {
      const key = stringKey((index >> 5) % 100);
      if (index % 16) mostlyRead.map.get(key);
      else if (index % 32) mostlyRead.map.set(key, 1);
      else mostlyRead.map.delete(key);
    });
    const passing = making(SMALL);
    await use(passing.map, passing.clock, 20_000, (index) => {
      passing.map.set(stringKey(index), 1);
      passing.map.delete(stringKey(index - 100));
    });
    assertEquals([...mostlyRead.map.moves, ...passing.map.moves], []);
  });

  it("comes to rest under a load that does not change", async () => {
    const share = fc.integer({ min: 0, max: 100 });
    const load = fc.record({
      seed: fc.integer(),
      space: fc.constantFrom(50, 300, 700, 3_000),
      strings: share,
      deletes: share,
      reads: share,
    });
    await fc.assert(
      fc.asyncProperty(load, async ({ seed, space, strings, deletes, reads }) => {
        const { map, clock } = making({ ...SMALL, minWrites: 4_096 });
        let state = seed | 1;
        const random = (below: number) => {
          state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
          return (state >>> 1) % below;
        };
        const operation = () => {
          const number = random(space);
          const key = number * 100 < space * strings ? stringKey(number) : number;
          if (random(100) < reads) map.get(key);
          else if (random(100) < deletes) map.delete(key);
          else map.set(key, number);
        };
        await use(map, clock, 40_000, operation);
        const settled = map.moves.length;
        assert(settled <= 2, `${settled} moves`);
        await use(map, clock, 120_000, operation);
        assert(map.moves.length <= settled + 1, "at most one for what is still growing");
        assert(new Set<AdaptiveState>(map.moves.map(({ to }) => to)).size === map.moves.length, "none back");
      }),
      { numRuns: 15 },
    );
  });

  it("makes at most log2(1 + n / minWrites) moves in n writes, whatever the load", async () => {
    const { map, clock } = making({ ...SMALL, minWrites: 64, intFrom: 10 });
    let writes = 0;
    for (let swing = 0; swing < 400; swing++) {
      await use(map, clock, 256, (index) => {
        writes++;
        return swing % 2 ? map.set(index % 40, 1) : map.set(stringKey(index % 40), 1);
      });
    }
    assert(map.moves.length >= 4, "it was moved to and fro");
    assert(map.moves.length <= Math.log2(1 + writes / 64), `${map.moves.length} moves`);
  });

  it("moves a map of n entries for the k-th time after n * 2^(k-1) writes at the earliest", async () => {
    const { map, clock } = making({ ...SMALL, minWrites: 100 });
    await use(map, clock, 900, (index) => map.set(index, index));
    assertEquals([map.state, map.moves[0]?.load.writes], ["IntMap", 500]);
    await use(map, clock, 1_700, () => map.set("a", 1));
    assertEquals(map.state, "IntMap");
    await use(map, clock, 300, () => map.set("a", 1));
    assertEquals([map.state, map.moves[1]?.load.writes], ["NativeMap", 1_900]);
  });

  it("moves in a later turn of the event loop, so that no callback writes to the former map", async () => {
    const { map, clock } = making({ ...SMALL, minWrites: 64, intFrom: 10 });
    map.update("total", () => {
      for (let index = 0; index < 200; index++) map.set(index, index);
      return 7;
    });
    assertEquals(map.moving?.to, "IntMap");
    await clock.until(map.settle());
    assertEquals([map.state, map.get("total"), map.size], ["IntMap", 7, 201]);
  });

  it("keeps its map if a move fails, and says so", async () => {
    const { map, clock } = making(SMALL);
    for (let index = 0; index < 1_000; index++) map.set(index, index);
    const { set } = IntMap.prototype;
    IntMap.prototype.set = () => {
      throw new RangeError("Array buffer allocation failed");
    };
    await clock.until(map.settle());
    IntMap.prototype.set = set;
    assertEquals([map.state, map.size, map.get(7), map.moving], ["NativeMap", 1_000, 7, undefined]);
    assertEquals(map.moves.map(({ to, outcome }) => [to, outcome]), [["IntMap", "given up"]]);
    await use(map, clock, 4_000, (index) => map.set(index % 1_000, 1));
    assertEquals(map.moves.map(({ outcome }) => outcome), ["given up", "done"]);
  });

  it("ends the move under way when it is disposed of, and moves no more", async () => {
    const { map, clock } = making(SMALL);
    for (let index = 0; index < 1_000; index++) map.set(index, index);
    await clock.until(map[Symbol.asyncDispose]());
    assertEquals(map.state, "IntMap");
    await use(map, clock, 20_000, () => map.set("a", 1));
    assertEquals([map.state, map.moves.length], ["IntMap", 1]);
  });
});

describe("the options of an AdaptiveMap", () => {
  it("are refused at once if they are wrong", () => {
    const wrong = (options: Record<string, unknown>) => () => new AdaptiveMap(options as AdaptiveMapOptions);
    const must = (name: string, min: number, max: number) =>
      `Cannot create AdaptiveMap: ${name} must be a whole number from ${min} to ${max}: received`;
    assertThrows(wrong({ intFrom: 0 }), RangeError, `${must("intFrom", 1, 2 ** 31)} 0`);
    assertThrows(wrong({ shardedFrom: 1.5 }), RangeError, `${must("shardedFrom", 1, 2 ** 31)} 1.5`);
    assertThrows(wrong({ readDirtyUpTo: -1 }), RangeError, `${must("readDirtyUpTo", 0, 2 ** 24)} -1`);
    assertThrows(wrong({ minWrites: "9" }), TypeError, must("minWrites", 1, 2 ** 31));
    assertThrows(wrong({ clock: {} }), TypeError, "clock must have the methods now, monotonicMs and schedule");
    assertEquals(new AdaptiveMap({ intFrom: undefined }).state, "NativeMap");
  });
});
