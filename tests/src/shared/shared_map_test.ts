import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CapacityError, SharedMap, type SharedMapHandle } from "@twinmap/twinmap/shared";
import type { HammerMap as Map } from "../../../tools/soak/hammer.ts";

const handleOf = (memory: WebAssembly.Memory): SharedMapHandle => ({ kind: "SharedMap", memory });

const create = (maxBytes: number): Map => SharedMap.create({ maxBytes });

describe("SharedMap", () => {
  it("keeps strings of any characters, numbers, bytes, and objects through its codec", () => {
    const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 });
    const values = [
      "",
      "ÿ",
      "Ā",
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

  it("loses nothing and writes nothing in part when it is full, and has room again after deletes", () => {
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

  it("reads what another thread wrote, whatever it has read before", () => {
    const map = create(2 ** 20);
    const other: Map = SharedMap.attach(map.handle);
    const keys = ["a", "b", "c", "k".repeat(100), "k".repeat(200)];
    const read = (key: string, expected: string | number | undefined) => {
      for (let time = 0; time < 2; time++) assertEquals(map.get(key), expected);
    };
    for (let round = 0; round < 200; round++) {
      for (const key of keys) {
        read(key, undefined);
        other.set(key, round);
        read(key, round);
        other.set(key, `${round}`);
        read(key, `${round}`);
        other.set(key, `${round}`.repeat(100));
        read(key, `${round}`.repeat(100));
        // A key more each time, so that slots are split between two reads.
        for (let more = 0; more < 20; more++) other.set(`${key} ${round} ${more}`, 1);
        read(key, `${round}`.repeat(100));
        if (round % 3 === 0) other.delete(key);
        if (round % 3 === 1) map.delete(key);
        if (round % 3 === 2) other.compareAndDelete(key, `${round}`.repeat(100));
      }
      if (round % 50 !== 49) continue;
      map.set("a", "kept");
      read("a", "kept");
      other.clear();
      read("a", undefined);
    }
  });

  it("decodes an object each time it is read, even if its codec reads the map", () => {
    const map: SharedMap<string, unknown> = SharedMap.create({
      maxBytes: 2 ** 20,
      codec: {
        encode: (value) => JSON.stringify(value),
        decode: (encoded) => ({ ...JSON.parse(encoded as string), read: map.get("b") }),
      },
    });
    map.set("b", "text").set("a", { n: 1 });
    const first = map.get("a");
    assertEquals(first, { n: 1, read: "text" });
    assert(map.get("a") !== first);
    map.set("a", { n: 2 });
    assertEquals(map.get("a"), { n: 2, read: "text" });
    map.set("b", "newer");
    assertEquals(map.get("a"), { n: 2, read: "newer" });
    for (const [key, value] of map) assertEquals(value, map.get(key));
    assertEquals(map.getAndSet("a", { n: 3 }), { n: 2, read: "newer" });
    assertEquals(map.getAndDelete("a"), { n: 3, read: "newer" });
  });

  it("refuses bad arguments", () => {
    const map = create(2 ** 16) as unknown as SharedMap<never, unknown>;
    const must = "Cannot use SharedMap: key must be a string or a safe integer: received";
    for (const [key, received] of [[1.5, "1.5"], [{}, "an object"], [undefined, "undefined"], [1n, "1n"]]) {
      assertThrows(() => map.get(key as never), TypeError, `${must} ${received}`);
      assertThrows(() => map.set(key as never, 1), TypeError, `${must} ${received}`);
    }
    assertThrows(() => map.set("a" as never, () => {}), TypeError, "received a function");
    assertThrows(() => map.add("a" as never, "1" as never), TypeError, 'delta must be a number: received "1"');
    map.set("a" as never, "1");
    assertThrows(() => map.add("a" as never, 1), TypeError, 'the value must be a number: received "1"');
    assertThrows(
      () => SharedMap.create({ maxBytes: 1 }),
      RangeError,
      "maxBytes must be a whole number from 65536 to 4294967296: received 1",
    );
    assertThrows(() => SharedMap.create({ maxBytes: "1" as never }), TypeError, 'received "1"');
    assertThrows(
      () => SharedMap.create({ codec: {} as never }),
      TypeError,
      "codec must have the methods encode and decode",
    );
    const { memory } = map.handle;
    const unshared = new WebAssembly.Memory({ initial: 1, maximum: 1 });
    const empty = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const none = new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true });
    const memories = [unshared, empty, none].map(handleOf);
    for (const handle of [undefined, null, 1, {}, { memory }, { kind: "SharedMap" }, ...memories]) {
      assertThrows(() => SharedMap.attach(handle as never), TypeError, "handle must be that of a SharedMap");
    }
    new Int32Array(empty.buffer).set(new Int32Array(memory.buffer, 0, 1));
    new Int32Array(empty.buffer)[1] = 99;
    assertThrows(() => SharedMap.attach(handleOf(empty)), TypeError, "handle must be of format 4: received 99");
  });
});
