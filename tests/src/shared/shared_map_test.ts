import { assert, assertEquals, assertLess, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap } from "@twinmap/twinmap/shared";
import { HammeredMap, type Map } from "./hammering.ts";

/** So many blocks are left for what gives memory back. */
const RESERVE = 1024;

const create = (maxBytes: number): Map => SharedMap.create({ maxBytes });

describe("SharedMap", () => {
  it("keeps strings of any characters, numbers, bytes, and objects by its codec", () => {
    const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 });
    const values = [
      "",
      "ÿ",
      "Ā\ud800",
      "x".repeat(5_000),
      -0,
      NaN,
      1e300,
      new Uint8Array([1, 0, 255]),
      { a: [1] },
      null,
      undefined,
    ];
    for (const [at, value] of values.entries()) map.set(String(at), value);
    for (const [at, value] of values.entries()) assertEquals(map.get(String(at)), value);
    const codec = {
      encode: (date: Date) => new Uint8Array([date.getDate()]),
      decode: (bytes: string | Uint8Array) => new Date(2020, 0, bytes[0] as number),
    };
    const dates = SharedMap.create<string, Date>({ maxBytes: 2 ** 16, codec });
    assertEquals(dates.set("a", new Date(2020, 0, 7)).get("a"), new Date(2020, 0, 7));
  });

  it("loses nothing and writes nothing by halves when it is full, and takes more when something is deleted", () => {
    const map = SharedMap.create<number, string>({ maxBytes: 2 ** 16 });
    const long = "l".repeat(300);
    let count = 0;
    assertThrows(() => {
      for (;; count++) map.set(count, long);
    }, CapacityError);
    assertEquals([map.size, map.has(count)], [count, false]);
    for (let round = 0; round < 20; round++) {
      for (let key = 0; key < count; key++) assertEquals(map.delete(key), true);
      for (let key = 0; key < count; key++) map.set(key, long);
      for (const [, value] of map) assertEquals(value, long);
      assertThrows(() => map.set(-1, long.repeat(10)), CapacityError);
      assertEquals(map.size, count);
      if (round % 2 === 0) continue;
      map.clear();
      for (let key = 0; key < count; key++) map.set(key, long);
    }
  });

  it("frees what another thread wrote where it had not yet looked", () => {
    const early = create(2 ** 20);
    const late: Map = SharedMap.attach(early.handle);
    for (let key = 0; key < 3_000; key++) late.set(key, "l".repeat(80));
    for (let key = 0; key < 3_000; key++) assertEquals(early.delete(key), true);
    for (let key = 0; key < 3_000; key++) early.set(key, "l".repeat(80));
    for (let key = 0; key < 3_000; key++) assertEquals(late.get(key), "l".repeat(80));
  });

  it("refuses what it can't take", () => {
    const map = create(2 ** 16) as unknown as SharedMap<never, unknown>;
    const must = "Cannot use SharedMap: key must be a string or a safe integer: received";
    for (const [key, received] of [[1.5, "1.5"], [{}, "object"], [undefined, "undefined"], [1n, "1n"]]) {
      assertThrows(() => map.get(key as never), TypeError, `${must} ${received}`);
      assertThrows(() => map.set(key as never, 1), TypeError, `${must} ${received}`);
    }
    assertThrows(() => map.set("a" as never, () => {}), TypeError, "received function");
    assertThrows(() => map.add("a" as never, "1" as never), TypeError, 'delta must be a number: received "1"');
    map.set("a" as never, "1");
    assertThrows(() => map.add("a" as never, 1), TypeError, 'the value must be a number: received "1"');
    assertThrows(
      () => SharedMap.create({ maxBytes: 1 }),
      RangeError,
      "maxBytes must be a whole number from 2^16 to 2^32: received 1",
    );
    assertThrows(() => SharedMap.create({ maxBytes: "1" as never }), TypeError, 'received "1"');
    assertThrows(
      () => SharedMap.create({ codec: {} as never }),
      TypeError,
      "codec must have the methods encode and decode",
    );
    for (const handle of [undefined, {}, { ...map.handle, slots: new SharedArrayBuffer(100) }]) {
      assertThrows(() => SharedMap.attach(handle as never), TypeError, "handle must be that of a SharedMap");
    }
    const slots = new SharedArrayBuffer(100);
    new Int32Array(slots).set([new Int32Array(map.handle.slots)[0] as number, 99]);
    assertThrows(
      () => SharedMap.attach({ ...map.handle, slots }),
      TypeError,
      "handle must be of format 1: received 99",
    );
  });
});

describe("SharedMap, used by several workers at once,", () => {
  it("is linearizable, with every method, while memory is used again", async () => {
    const hammered = new HammeredMap(create(2 ** 20));
    const workers = [1, 2, 3].map((seed) => hammered.start(seed, { operations: 4_000, fillers: 1, fillersKept: 3 }));
    await Promise.all(workers.map(({ ended }) => ended));
    assertEquals(hammered.returned >= 3 * 3_000, true);
    hammered.check();
    assertLess(hammered.map.size, 20);
  });

  it("is linearizable while it grows", async () => {
    const hammered = new HammeredMap(create(2 ** 26));
    const workers = [4, 5, 6].map((seed) =>
      hammered.start(seed, { operations: 3_000, fillers: 4, fillersKept: Infinity })
    );
    await Promise.all(workers.map(({ ended }) => ended));
    hammered.check();
    const fillers = [...hammered.map.keys()].filter((key) => String(key).startsWith("filler"));
    assertEquals(new Set(fillers).size, fillers.length);
    assert(fillers.length >= 3 * 4 * 2_500, `${fillers.length} are there`);
  });

  it("stays right and usable where workers are terminated in the middle of anything", async () => {
    for (let map = 0; map < 3; map++) {
      const hammered = new HammeredMap(create(2 ** 21));
      const more = { operations: 50_000, fillers: 10, fillersKept: 100 };
      const steady = hammered.start(7 + map, { ...more, operations: 4_000 });
      for (let round = 0; round < 2; round++) {
        const before = hammered.returned;
        const { worker, ended } = hammered.start(10 + 2 * map + round, more);
        await until(() => hammered.returned > before + 300 + 37 * map);
        await worker.terminate();
        await ended;
      }
      Atomics.store(hammered.clock, 1, 1);
      await steady.ended;
      hammered.check();
      assertAllIsThereButSome(hammered.map, 3 * 80);
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Throws if a map that others used has lost more than so many blocks. */
function assertAllIsThereButSome(map: Map, lost: number): void {
  map.clear();
  assertEquals(map.size, 0);
  let count = 0;
  assertThrows(() => {
    for (;; count++) map.set(count, count);
  }, CapacityError);
  assertEquals(map.size, count);
  assert(count >= map.traits.maxEntries - RESERVE - lost, `${count} of ${map.traits.maxEntries} fit`);
}
