import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type ComparedMap,
  diff,
  ForwardingMap,
  lift,
  type MapDifference,
  NativeMap,
  StoreError,
} from "@twinmap/twinmap";
import { LruMap } from "@twinmap/twinmap/lru";
import { SqliteMap, type StoreKey } from "@twinmap/twinmap/sqlite";
import { ManualClock } from "@twinmap/twinmap/testing";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { MapDiff } from "../../../verify/diff/diff.ts";

type Value = { readonly a: number; readonly b?: string };

function sqliteMap(): SqliteMap<StoreKey, Value> {
  return new SqliteMap<StoreKey, Value>(new DatabaseSync(":memory:"), { table: "entries" });
}

const MAPS: { readonly [name: string]: () => ComparedMap<StoreKey, Value> } = {
  "a Map": () => new Map(),
  "a NativeMap": () => new NativeMap(),
  "a lifted Map": () => lift(new Map()),
  "a SqliteMap": sqliteMap,
  "a lifted SqliteMap": () => lift(sqliteMap()),
};

async function found<K, V>(oldMap: ComparedMap<K, V>, newMap: ComparedMap<K, V>): Promise<MapDifference<K, V>[]> {
  return await Array.fromAsync(diff(oldMap, newMap, { settleMs: 0 }));
}

function text(differences: readonly MapDifference<unknown, unknown>[]): string[] {
  return differences.map((difference) => JSON.stringify(difference)).sort();
}

/** What `diff` must find, of plain maps. */
function expected(
  old: ReadonlyMap<StoreKey, Value>,
  next: ReadonlyMap<StoreKey, Value>,
): MapDifference<StoreKey, Value>[] {
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((key): MapDifference<StoreKey, Value>[] => {
    const [was, is] = [old.get(key), next.get(key)];
    if (is === undefined) return [{ kind: "missing", key, old: was! }];
    if (was === undefined) return [{ kind: "extra", key, new: is }];
    return was.a === is.a && was.b === is.b ? [] : [{ kind: "value", key, old: was, new: is }];
  });
}

describe("diff()", () => {
  for (const [oldName, makeOld] of Object.entries(MAPS)) {
    for (const [newName, makeNew] of Object.entries(MAPS)) {
      it(`finds exactly the keys in which ${oldName} and ${newName} differ`, async () => {
        const key = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: -9, max: 9 }));
        const value = fc.record({ a: fc.nat(2), b: fc.constantFrom("x", "é\0") }, {
          requiredKeys: ["a"],
          noNullPrototype: true,
        });
        const entries = fc.array(fc.tuple(key, value), { maxLength: 12 });
        await fc.assert(
          fc.asyncProperty(entries, entries, entries, async (both, oldOnly, newOnly) => {
            const plainOld = new Map<StoreKey, Value>([...both, ...oldOnly]);
            const plainNew = new Map<StoreKey, Value>([...both, ...newOnly]);
            const [old, next] = [makeOld(), makeNew()];
            for (const [key, value] of plainOld) await old.set(key, value);
            for (const [key, value] of plainNew) await next.set(key, value);
            assertEquals(text(await found(old, next)), text(expected(plainOld, plainNew)));
          }),
          { numRuns: 15 },
        );
      });
    }
  }

  it("compares bytes as keys by their content", async () => {
    const [old, next] = [sqliteMap(), sqliteMap()];
    old.set(Uint8Array.of(1), { a: 1 }).set(Uint8Array.of(2), { a: 1 });
    next.set(Uint8Array.of(1), { a: 1 }).set(Uint8Array.of(2), { a: 2 });
    assertEquals(await found(old, next), [{ kind: "value", key: Uint8Array.of(2), old: { a: 1 }, new: { a: 2 } }]);
  });

  it("compares digests where both maps have them, and decides by value where bytes differ", async () => {
    const [old, next] = [sqliteMap(), sqliteMap()];
    old.set("a", { a: 1, b: "x" });
    next.set("a", { b: "x", a: 1 });
    const compared = new MapDiff<StoreKey, Value>(old, next, { settleMs: 0 });
    assertEquals(await Array.fromAsync(compared.differences()), []);
    assertEquals(compared.progress, { entries: 4, method: "digests" });
  });

  it("looks at each key of a map that changes what another one answers", async () => {
    const [stored, next] = [sqliteMap(), sqliteMap()];
    stored.set("a", { a: 1 });
    next.set("a", { a: 1 });
    const changed = new class extends ForwardingMap<StoreKey, Value> {
      override get(): Value {
        return { a: 2 };
      }
    }(stored);
    for (const old of [changed, lift(changed)]) {
      assertEquals(await found<StoreKey, Value>(old, next), [{
        kind: "value",
        key: "a",
        old: { a: 2 },
        new: { a: 1 },
      }]);
    }
  });

  it("looks at each key where the codecs differ", async () => {
    const json = { encode: JSON.stringify, decode: (encoded: string | Uint8Array) => JSON.parse(encoded as string) };
    const old = new SqliteMap<string, number>(new DatabaseSync(":memory:"), { table: "entries", codec: json });
    const next = new SqliteMap<string, number>(new DatabaseSync(":memory:"), { table: "entries" });
    old.set("a", 1).set("b", 2);
    next.set("a", 1).set("b", 3);
    const compared = new MapDiff(old, next, { settleMs: 0 });
    assertEquals(await Array.fromAsync(compared.differences()), [{ kind: "value", key: "b", old: 2, new: 3 }]);
    assertEquals(compared.progress, { entries: 4, method: "keys" });
  });

  it("finds each of many keys, more than are looked at together", async () => {
    const [old, next] = [sqliteMap(), sqliteMap()];
    for (let key = 0; key < 1_200; key++) old.set(key, { a: key });
    const differences = await found<StoreKey, Value>(old, next);
    assertEquals(new Set(differences.map(({ key }) => key)).size, 1_200);
    assertEquals(differences.length, 1_200);
  });

  it("leaves out what has become equal when it looks again, and claims nothing of what has changed", async () => {
    const clock = new ManualClock();
    const old = new Map([["late", 1], ["lost", 1], ["changing", 1], ["lasting", 1]]);
    const next = new Map([["changing", 2], ["lasting", 2], ["lost", 1]]);
    old.set("new", 1);
    const differences = Array.fromAsync(diff(old, next, { settleMs: 500, clock }));
    await clock.advance(499);
    next.set("late", 1).set("changing", 3).set("new", 2);
    assertEquals(await clock.until(differences), [
      { kind: "inconclusive", key: "changing", old: 1, new: 3 },
      { kind: "value", key: "lasting", old: 1, new: 2 },
      { kind: "inconclusive", key: "new", old: 1, new: 2 },
    ]);
  });

  it("tells an `undefined` value from an absent one", async () => {
    assertEquals(await found(new Map([["a", undefined]]), new Map()), [{ kind: "missing", key: "a", old: undefined }]);
    assertEquals(await found(new Map([["a", undefined]]), new Map([["a", undefined]])), []);
  });

  it("finds keys that the other map does not take", async () => {
    const key = {};
    const next = sqliteMap() as unknown as SqliteMap<never, number>;
    assertEquals(await found<unknown, number>(new Map([[key, 1]]), next), [{ kind: "missing", key, old: 1 }]);
    assertEquals(await found<unknown, number>(next, new Map([[key, 1]])), [{ kind: "extra", key, new: 1 }]);
  });

  it("finds values that cannot be decoded, and goes on", async () => {
    const database = new DatabaseSync(":memory:");
    const old = new SqliteMap<string, number>(database, { table: "entries" });
    old.set("bad", 1).set("good", 1);
    database.prepare("UPDATE entries SET value = 'nonsense' WHERE key = ?").run(new TextEncoder().encode("sbad"));
    const next = new Map([["bad", 1], ["good", 2]]);
    assertEquals(await found<string, number>(old, next), [
      { kind: "error", key: "bad", new: 1 },
      { kind: "value", key: "good", old: 1, new: 2 },
    ]);
  });

  it("counts no key of a map that evicts as used", async () => {
    const old = new LruMap<string, number>({ max: 2 });
    old.set("a", 1).set("b", 1);
    old.get = () => {
      throw new Error("it counts as a use");
    };
    assertEquals(await found<string, number>(old, new Map([["a", 1], ["b", 1]])), []);
  });

  it("rejects if a store fails", async () => {
    const failing = new NativeMap([["a", 1]]);
    failing.get = () => {
      throw new StoreError("the disk is full", {
        store: "a map",
        operation: "get",
        outcome: "not applied",
        retryable: false,
      });
    };
    await assertRejects(() => found<string, number>(failing, new Map()), StoreError, "the disk is full");
  });

  it("can be interrupted, while it reads and while it waits", async () => {
    const interrupt = new AbortController();
    const clock = new ManualClock();
    const differences = diff(new Map([["a", 1]]), new Map(), { signal: interrupt.signal, clock });
    const next = differences.next();
    await clock.advance(10);
    interrupt.abort(new Error("enough"));
    await assertRejects(() => next, Error, "enough");
    assertEquals(clock.scheduled, 0);
    const late = diff(sqliteMap(), sqliteMap(), { signal: interrupt.signal });
    await assertRejects(() => late.next(), Error, "enough");
  });

  it("lets others interrupt it while it reads two maps that answer at once", async () => {
    const entries = Array.from({ length: 50_000 }, (_, at) => [at, at] as const);
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(new Error("enough")));
    const found = Array.fromAsync(diff(new Map(entries), new Map(entries), { signal: interrupt.signal }));
    await assertRejects(() => found, Error, "enough");
  });

  it("refuses what is no map, and options that it does not know", () => {
    assertThrows(() => diff({} as never, new Map()), TypeError, "must be a Map or a ConcurrentMap");
    assertThrows(
      () => diff(new Map(), new Map(), { settle: 1 } as never),
      TypeError,
      "Cannot compare maps: unknown option",
    );
    assertThrows(() => diff(new Map(), new Map(), { settleMs: -1 }), RangeError, "settleMs must be");
  });
});
