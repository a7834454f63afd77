import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type HotKey, SpaceSaving } from "../../../src/observe/space_saving.ts";

function sketchOf<K>(capacity: number, stream: Iterable<K>): SpaceSaving<K> {
  const sketch = new SpaceSaving<K>(capacity);
  for (const key of stream) sketch.add(key);
  return sketch;
}

/** The true count of each key, the most frequent first. */
function trueCounts<K>(stream: Iterable<K>): Map<K, number> {
  const counts = new Map<K, number>();
  for (const key of stream) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** Each key as often as its count says, in an order that looks random. */
function shuffled<K>(counts: Iterable<readonly [K, number]>): K[] {
  const stream = [...counts].flatMap(([key, count]) => Array<K>(count).fill(key));
  let state = 1;
  for (let index = stream.length - 1; index > 0; index--) {
    state = state * 48271 % 2147483647;
    const other = state % (index + 1);
    [stream[index], stream[other]] = [stream[other] as K, stream[index] as K];
  }
  return stream;
}

/** The key at rank r comes `most / r^exponent` times. */
function zipf(keys: number, most: number, exponent: number): string[] {
  return shuffled(
    Array.from({ length: keys }, (_, at) => [`user:${at * 7919}`, Math.round(most / (at + 1) ** exponent)] as const),
  );
}

const objects = Array.from({ length: 12 }, (_, at) => at % 3 === 0 ? () => at : { at });
const keyKinds = {
  "strings": fc.integer({ min: 0, max: 40 }).map((at) => `key ${at}`),
  "numbers": fc.integer({ min: -20, max: 20 }),
  "objects": fc.constantFrom<unknown>(...objects),
  "all kinds": fc.constantFrom<unknown>(
    ...[
      0,
      -0,
      1,
      "1",
      "",
      1.5,
      NaN,
      2 ** 40,
      1n,
      true,
      null,
      undefined,
      Symbol.iterator,
      Symbol(),
      Symbol(),
      ...objects,
    ],
  ),
};
/** Keys that come one by one or many times in a row, so that counts of every size occur. */
const streamsOf = <K>(key: fc.Arbitrary<K>): fc.Arbitrary<K[]> =>
  fc.array(fc.tuple(key, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 }))), { size: "+1" })
    .map((runs) => runs.flatMap(([key, length]) => Array<K>(length).fill(key)));
const capacities = fc.integer({ min: 1, max: 9 });

describe("SpaceSaving", () => {
  for (const [kind, key] of Object.entries<fc.Arbitrary<unknown>>(keyKinds)) {
    const holds = (
      name: string,
      rule: (listed: HotKey<unknown>[], truth: Map<unknown, number>, capacity: number) => void,
    ) =>
      it(`${name}, for any stream of ${kind}`, () => {
        fc.assert(fc.property(capacities, streamsOf(key), (capacity, stream) => {
          const sketch = sketchOf(capacity, stream);
          assertEquals(sketch.total, stream.length);
          rule(sketch.top(capacity), trueCounts(stream), capacity);
        }));
      });

    holds("counts each key to within its error", (listed, truth) => {
      for (const { key, count, error } of listed) {
        const true_ = truth.get(key) ?? 0;
        assert(count - error <= true_ && true_ <= count, `${count - error} <= ${true_} <= ${count}`);
        assert(error >= 0 && count > error);
      }
    });

    holds("lists every key that has more than its part", (listed, truth, capacity) => {
      const total = [...truth.values()].reduce((sum, count) => sum + count, 0);
      const keys = new Set(listed.map(({ key }) => key));
      for (const [key, count] of truth) assert(count <= total / capacity || keys.has(key));
    });

    holds("knows no error above the part of a key", (listed, truth, capacity) => {
      const total = [...truth.values()].reduce((sum, count) => sum + count, 0);
      for (const { error } of listed) assert(error <= total / capacity, `${error} <= ${total} / ${capacity}`);
    });

    holds("lists no key below one that it leaves out", (listed, truth, capacity) => {
      for (const limit of [1, capacity]) {
        const last = listed.slice(0, limit).at(-1)?.count ?? 0;
        const keys = new Set(listed.slice(0, limit).map(({ key }) => key));
        for (const [key, count] of truth) assert(keys.has(key) || count <= last, `${count} <= ${last}`);
      }
    });

    holds("lists each key once, as many as there is room for", (listed, truth, capacity) => {
      assertEquals(listed.length, Math.min(truth.size, capacity));
      assertEquals(new Set(listed.map(({ key }) => key)).size, listed.length);
    });

    it(`is exact about ${kind} as long as there are no more of them than it counts`, () => {
      fc.assert(fc.property(streamsOf(key), (stream) => {
        const truth = trueCounts(stream);
        const listed = sketchOf(Math.max(1, truth.size), stream).top(truth.size);
        assertEquals(new Map(listed.map(({ key, count }) => [key, count])), truth);
        assert(listed.every(({ error }) => error === 0));
      }));
    });
  }

  it("lists as many keys as asked for, in descending order; of equal counts, the one with the smallest error first", () => {
    fc.assert(fc.property(capacities, streamsOf(keyKinds.strings), fc.nat({ max: 9 }), (capacity, stream, limit) => {
      const sketch = sketchOf(capacity, stream);
      const all = sketch.top(capacity);
      for (const [at, { count, error }] of all.entries()) {
        const next = all[at + 1];
        assert(next === undefined || next.count < count || (next.count === count && next.error >= error));
      }
      assertEquals(sketch.top(limit), all.slice(0, limit));
    }));
  });

  it("compares keys as Map does, and shows them as Map stores them", () => {
    const [hot] = sketchOf(4, [-0, 0, -0]).top(1);
    assertEquals([Object.is(hot?.key, 0), hot?.count], [true, 3]);
    assertEquals(sketchOf(4, [NaN, NaN, NaN]).top(4), [{ key: NaN, count: 3, error: 0 }]);
    assertEquals(sketchOf<unknown>(4, [1, "1", 1n, {}, {}]).top(9).length, 4);
  });

  it("lists nothing before the first operation", () => {
    assertEquals([new SpaceSaving(4).top(4), new SpaceSaving(4).total], [[], 0]);
  });

  for (const exponent of [0.8, 1, 1.3]) {
    it(`finds the top 20 of 20,000 keys in their order, by Zipf's law with exponent ${exponent}`, () => {
      const stream = zipf(20_000, 20_000, exponent);
      const listed = sketchOf(160, stream).top(20);
      const truth = [...trueCounts(stream)].slice(0, 20);
      assertEquals(listed.map(({ key }) => key), truth.map(([key]) => key));
      for (const [at, { count, error }] of listed.entries()) {
        assert(count - (truth[at]?.[1] as number) <= count / 100, "the count is off by at most 1 %");
        assert(error <= count / 20, "the bound is at most 5 %");
      }
    });
  }

  it("keeps its errors small under a flood of keys that come once", () => {
    const once = Array.from({ length: 40_000 }, (_, at) => [`once:${at}`, 1] as const);
    const stream = shuffled<string>([["hot", 900], ["warm", 600], ["tepid", 400], ...once]);
    const listed = sketchOf(160, stream).top(3);
    assertEquals(listed.map(({ key }) => key), ["hot", "warm", "tepid"]);
    // Without the filter it would be as much as 261, a 160th of all.
    assert(listed.every(({ error }) => error < 40), `${listed.map(({ error }) => error)}`);
  });

  it("finds a key that becomes hot after all the others", () => {
    const stream = [...zipf(5_000, 500, 1), ...Array<string>(2_000).fill("late")];
    const [first] = sketchOf(80, stream).top(1);
    assertEquals(first?.key, "late");
    assert((first?.error ?? NaN) < 100, `${first?.error}`);
  });
});
