/** The table with segments so small that a few keys split and merge them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { IntCursor } from "../../../src/int/int_cursor.ts";
import { highOf } from "../../../src/int/int_hash.ts";
import { IntTable } from "../../../src/int/int_table.ts";

/** A key by its hash and its upper part, whatever the seed of a table. */
type Place = readonly [hash: number, high: number];

/** Keys whose hashes begin alike, or are the lowest or highest, and keys beyond 32 bits with the same hashes. */
const places: fc.Arbitrary<Place> = fc.tuple(
  fc.oneof(fc.integer({ min: -40, max: 40 }).map((hash) => hash << 22), fc.constantFrom(1, 2, -1, -2), fc.integer()),
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }),
);
const values = fc.oneof(fc.integer(), fc.constantFrom<unknown>(0.5, -0, NaN, undefined, "a"));

type Write = readonly [place: Place, value: unknown, isRemoval: boolean];
const removals = fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 2, arbitrary: fc.constant(true) });
const writes = fc.array(fc.tuple(places, values, removals), { maxLength: 400, size: "max" });

function smallTable(): IntTable {
  const table = new IntTable("IntMap", 0.65, 16);
  table.hash.seed();
  return table;
}

/** The key of a place, in this table. */
function keyAt(table: IntTable, [hash, high]: Place): number {
  return table.hash.keyOf(hash, high);
}

function apply(table: IntTable, model: Map<number, unknown>, [place, value, isRemoval]: Write): void {
  const key = keyAt(table, place);
  if (isRemoval) {
    const segment = table.find(key);
    assertEquals(segment !== undefined, model.delete(key));
    if (segment !== undefined) table.remove(segment);
  } else {
    table.place(key).write(table.slot, value);
    model.set(key, value);
  }
}

function entriesOf(table: IntTable): [number, unknown][] {
  const entries: [number, unknown][] = [];
  for (const cursor = new IntCursor(table); cursor.advance();) entries.push([cursor.key, cursor.value]);
  return entries;
}

/** Compares keys by the order of their hashes. */
function comparingKeys({ hash }: IntTable): (a: number, b: number) => number {
  const rankOf = (key: number) => hash.of(key | 0, highOf(key)) >>> 0;
  return (a, b) => rankOf(a) - rankOf(b) || highOf(a) - highOf(b);
}

describe("IntTable", () => {
  it("has the keys that were placed and not removed, in the order of their hashes, while segments split and merge", () => {
    let deepest = 0;
    fc.assert(
      fc.property(writes, (writes) => {
        const table = smallTable();
        const model = new Map<number, unknown>();
        for (const write of writes) {
          apply(table, model, write);
          const { depth, segments } = table.structure;
          deepest = Math.max(deepest, depth);
          assertEquals(segments.reduce((share, { depth }) => share + 2 ** -depth, 0), 1);
          assertEquals(Math.max(...segments.map(({ depth }) => depth)), depth);
        }
        const expected = [...model].sort(([a], [b]) => comparingKeys(table)(a, b));
        assertEquals(entriesOf(table), expected);
        assertEquals(table.size, model.size);
        for (const [key, value] of model) assert(Object.is(table.find(key)?.valueAt(table.slot), value), `${key}`);
      }),
      { numRuns: 40 },
    );
    assert(deepest > 5, `segments were split, up to depth ${deepest}`);
  });

  it("visits every key that is present throughout exactly once, whatever is written meanwhile", () => {
    fc.assert(
      fc.property(
        writes,
        fc.array(fc.array(fc.tuple(places, values, removals), { maxLength: 30, size: "max" }), { size: "+1" }),
        (first, on) => {
          const table = smallTable();
          const model = new Map<number, unknown>();
          for (const write of first) apply(table, model, write);
          const always = new Set(model.keys());
          const met: number[] = [];
          const cursor = new IntCursor(table);
          for (let at = 0; cursor.advance(); at++) {
            met.push(cursor.key);
            assert(Object.is(cursor.value, model.get(cursor.key)), `the value of ${cursor.key}`);
            for (const write of on[at] ?? []) {
              apply(table, model, write);
              const key = keyAt(table, write[0]);
              if (!model.has(key)) always.delete(key);
            }
          }
          assertEquals(met, [...new Set(met)]);
          assertEquals([...always].filter((key) => !met.includes(key)), []);
        },
      ),
    );
  });

  it("keeps keys with the same hash together, however many", () => {
    const table = smallTable();
    const keys = Array.from({ length: 1_000 }, (_, high) => table.hash.keyOf(7, high - 500));
    for (const key of keys) table.place(key).write(table.slot, key);
    assertEquals(entriesOf(table), keys.map((key) => [key, key]));
    for (const key of keys) {
      const segment = table.find(key);
      if (segment !== undefined) table.remove(segment);
    }
    assertEquals(entriesOf(table), []);
    assertEquals(table.structure.depth, 1);
  });

  it("gives a segment at most 2^15 homes, however many keys it holds", () => {
    const table = new IntTable("IntMap", 0.9);
    const keys = Array.from({ length: 100_000 }, (_, at) => at - 50_000);
    for (const key of keys) table.place(key).write(table.slot, key);
    assertEquals(entriesOf(table).length, keys.length);
    assertEquals(entriesOf(table).map(([key]) => key), keys.toSorted(comparingKeys(table)));
    assert(table.structure.segments.every(({ slots }) => slots < 70_000));
  });
});
