import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { after, before, beforeEach, describe, it } from "@std/testing/bdd";
import { type Kv, openKv } from "@deno/kv";
import { systemClock } from "@twinmap/twinmap";
import {
  type DenoKvDatabase,
  DenoKvMap,
  type DenoKvMapOptions,
  InvalidValueError,
  type StoreKey,
} from "@twinmap/twinmap/deno-kv";
import { msgpack } from "@twinmap/twinmap/msgpack";
import { asyncConformance, ManualClock } from "@twinmap/twinmap/testing";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { assertStoreError } from "./store_errors.ts";
import { KEPT, LOST } from "./values.ts";

/** Bun's values have a form of their own, but bytes are stored as they are. */
function neverCalled(): never {
  throw new Error("a value that is not bytes");
}

const neverCalledDatabase = { get: neverCalled, getMany: neverCalled, list: neverCalled };

let kv: Kv;
let prefixes = 100;

function open<V>(options: Partial<DenoKvMapOptions<V>> = {}): DenoKvMap<StoreKey, V> {
  return new DenoKvMap(kv as DenoKvDatabase, { prefix: `map ${prefixes}`, ...options });
}

before(async () => void (kv = await openKv(":memory:", { encodeV8: neverCalled, decodeV8: neverCalled })));
after(() => kv.close());
beforeEach(() => void prefixes++);

for (const split of [false, true]) {
  describe(`DenoKvMap ${split ? "that splits values" : "with whole values"}`, () => {
    let passedMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + passedMs };
    asyncConformance(it, {
      make: () => open({ clock, split }),
      open: () => open({ clock, split }),
      pass: (ms) => Promise.resolve(void (passedMs += ms)),
      traits: {
        atomic: "store",
        expires: "entry",
        keys: "strings, integers and bytes",
        maxEntries: Infinity,
        maxKeyBytes: 2_048 - "map 100".length - 4 - (split ? 9 : 0),
        maxValueBytes: split ? 765_925 : 65_510,
        scope: "store",
        snapshot: "none",
        values: "copy",
      },
      runs: 10,
    });
  });
}

describe("DenoKvMap", () => {
  it("keeps what the codec keeps, and refuses what it would lose", async () => {
    for (const codec of [undefined, msgpack]) {
      const map = open<unknown>({ split: true, ...codec === undefined ? {} : { codec } });
      for (const [at, value] of KEPT.entries()) {
        await map.set("a", value);
        assert(isDeepEqual(await map.get("a"), value), `value ${at}`);
      }
    }
    for (const [value] of LOST) await assertRejects(() => open<unknown>().set("a", value), TypeError);
  });

  it("takes the longest key with the longest value, and counts zeros twice", async () => {
    const map = open<string>({ split: true });
    const { maxKeyBytes, maxValueBytes } = map.traits;
    const value = "v".repeat(maxValueBytes - '[""]'.length);
    for (const key of ["k".repeat(maxKeyBytes - 1), new Uint8Array((maxKeyBytes - 1) / 2)]) {
      await map.set(key, value);
      assertEquals(await map.get(key), value);
      await map.update(key, (now) => now!.slice(1));
      assertEquals(await map.get(key), value.slice(1));
    }
    await assertRejects(() => map.has(new Uint8Array((maxKeyBytes + 1) / 2)), RangeError, "Cannot use DenoKvMap: key");
    const lone = "\ud800" + "\0".repeat((maxKeyBytes - 3) / 4 + 1);
    await assertRejects(() => map.has(lone), RangeError, "zeros counted twice: received");
  });

  it("leaves no part behind of a value that is replaced by a shorter one, or removed", async () => {
    const map = open<string>({ split: true });
    const parts = async () => (await Array.fromAsync(kv.list({ prefix: [`map ${prefixes}`] }))).length;
    const long = "v".repeat(200_000);
    const ways = {
      set: () => map.set("a", "v"),
      delete: () => map.delete("a"),
      update: () => map.update("a", () => "v"),
      getAndDelete: () => map.getAndDelete("a"),
      clear: () => map.clear(),
    };
    for (const [name, shorten] of Object.entries(ways)) {
      await map.set("a", long);
      assertEquals([await parts(), await map.size(), await map.get("a")], [4, 1, long]);
      await shorten();
      assertEquals([name, await parts()], [name, await map.size()]);
    }
  });

  it("sets and removes as many entries at once as Deno KV takes, whatever their length", async () => {
    for (const split of [false, true]) {
      const map = open<unknown>({ split });
      const { maxKeyBytes, maxValueBytes } = map.traits;
      const longest = (name: string, max: number) => name.padEnd(max - 1, "x");
      const value = longest("v", maxValueBytes - '[""]'.length);
      const kinds: (readonly [number, (at: number) => [string, unknown]])[] = [
        [2_500, (at) => [`${at}`, at]],
        [90, (at) => [longest(`${at}`, maxKeyBytes), at]],
        [14, (at) => [`${at}`, value]],
        [14, (at) => [longest(`${at}`, maxKeyBytes), value]],
      ];
      for (const [count, entryOf] of kinds) {
        const entries = Array.from({ length: count }, (_, at) => entryOf(at));
        await map.setMany(entries);
        assertEquals((await map.getMany(entries.map(([key]) => key))).size, count);
        await map.clear();
        assertEquals(await map.size(), 0);
      }
    }
  });

  it("sets all of a commit or nothing, and does not know what became of several", async () => {
    for (const failing of [0, 1]) {
      let commits = 0;
      const database = {
        ...neverCalledDatabase,
        get: (key: never) => (kv as DenoKvDatabase).get(key),
        atomic: () => commits++ === failing ? refusing : (kv as DenoKvDatabase).atomic(),
      };
      const refusing = {
        check() {},
        set() {},
        delete() {},
        commit: () => Promise.reject(new Error("database is locked")),
      };
      const map = new DenoKvMap<number, number>(database, { prefix: `map ${prefixes} ${failing}` });
      const error = await assertStoreError(() => map.setMany(Array.from({ length: 1_500 }, (_, at) => [at, at])));
      assertEquals(error.outcome, failing === 0 ? "not applied" : "unknown");
      const present = await Promise.all([0, 900, 1_400].map((key) => map.has(key)));
      assertEquals(present, [failing === 1, failing === 1, false]);
    }
  });

  it("gives entries that are set together a time to live", async () => {
    const clock = new ManualClock();
    const map = open<number>({ clock, ttlMs: 1_000 });
    await map.setMany([["a", 1], ["b", 2]]);
    await map.setMany([["b", 3]], { ttlMs: 5_000 });
    assertEquals(await Promise.all(["a", "b"].map((key) => map.expiresAt(key))), [
      clock.now() + 1_000,
      clock.now() + 5_000,
    ]);
  });

  it("reads a split value again that was overwritten while its parts were read", async () => {
    const map = open<string>({ split: true });
    const [a, b] = ["a", "b"].map((letter) => letter.repeat(150_000)) as [string, string];
    await map.set("k", a);
    let reads = 0;
    const database = new Proxy(kv as DenoKvDatabase, {
      get: (target, name) => {
        if (name !== "getMany") return (Reflect.get(target, name) as (() => unknown) | undefined)?.bind(target);
        return async (keys: never) => {
          if (reads++ === 0) await map.set("k", b);
          return await target.getMany(keys);
        };
      },
    });
    const slow = new DenoKvMap<string, string>(database, { prefix: `map ${prefixes}`, split: true });
    assertEquals([await slow.get("k"), reads], [b, 2]);
  });

  it("treats an entry that has expired, and is still in the database, as absent", async () => {
    const clock = new ManualClock();
    const map = open<number>({ clock, ttlMs: 1_000_000 });
    for (const write of ["getOrInsert", "delete", "update", "set"] as const) {
      await map.set("a", 1, { ttlMs: 500_000 });
      await clock.advance(500_000);
      assertEquals([await map.get("a"), await map.size()], [undefined, 0]);
      if (write === "getOrInsert") assertEquals(await map.getOrInsert("a", 2), 2);
      if (write === "delete") assertEquals(await map.delete("a"), false);
      if (write === "update") assertEquals(await map.update("a", (now) => now === undefined ? 2 : 3), 2);
      if (write === "set") await map.set("a", 2);
      assertEquals(await map.expiresAt("a"), write === "delete" ? undefined : clock.now() + 1_000_000);
    }
  });

  it("tells Deno KV when it may remove an entry, however long that is", async () => {
    const told: unknown[] = [];
    const atomic = { check: () => {}, delete: () => {}, commit: () => Promise.resolve({ ok: true }) };
    const database = {
      ...neverCalledDatabase,
      atomic: () => ({ ...atomic, set: (...args: unknown[]) => void told.push(args[2]) }),
    };
    const map = new DenoKvMap<string, number>(database, { prefix: "p", clock: new ManualClock() });
    for (const ttlMs of [0.5, 1_000.5, 1e300]) await map.set("a", 1, { ttlMs });
    await map.set("a", 1);
    assertEquals(told, [{ expireIn: 1 }, { expireIn: 1_001 }, { expireIn: 2 ** 50 }, {}]);
    for (const ttlMs of [0.5, 1_000.5, 1e300]) await open<number>().set("a", 1, { ttlMs });
  });

  it("reports a value that was not written by it, by the digest of its key", async () => {
    const map = open<number>();
    const values = [[1], [0x80], [0x82, 10], [0x8c, 1], [0xff], [], [10, 0xff]];
    for (const bytes of values) {
      await kv.set([`map ${prefixes}`, new TextEncoder().encode("sa")], Uint8Array.from(bytes));
      await assertRejects(() => map.get("a"), InvalidValueError, "Cannot read a value of DenoKvMap: ");
    }
    assertEquals([await map.delete("a"), await map.get("a")], [true, undefined]);
    await kv.set([`map ${prefixes}`, Uint8Array.of(1)], Uint8Array.of(10));
    await assertRejects(() => map.size(), InvalidValueError, "its key was not written by this module");
  });

  it("leaves the entries of other prefixes alone", async () => {
    const [a, b] = ["a", "a\u{10ffff}"].map((name) => open<number>({ prefix: `${prefixes}${name}` }));
    await a!.set("k", 1);
    await b!.set("k", 2);
    await kv.set([`${prefixes}a`, "other"], new Uint8Array());
    assertEquals([await Array.fromAsync(a!), await b!.size()], [[["k", 1]], 1]);
    await a!.clear();
    assertEquals(await b!.get("k"), 2);
  });

  it("reports a database that is closed: nothing was written", async () => {
    const closed = await openKv(":memory:", { encodeV8: neverCalled, decodeV8: neverCalled });
    const map = new DenoKvMap<string, number>(closed as DenoKvDatabase, { prefix: "p" });
    await map.set("a", 1);
    closed.close();
    const { outcome, message } = await assertStoreError(() => map.set("a", 2));
    assertEquals([outcome, message.includes("the database is closed")], ["not applied", true]);
    await assertStoreError(() => map.get("a"));
    await assertStoreError(() => map.size());
  });

  it("does not know what became of a write whose answer was lost", async () => {
    const commit = () => Promise.reject(new TypeError("fetch failed"));
    const atomic = { check: () => {}, set: () => {}, delete: () => {}, commit };
    const remote = { ...neverCalledDatabase, atomic: () => atomic };
    const map = new DenoKvMap<string, number>(remote, { prefix: "p" });
    const { outcome } = await assertStoreError(() => map.set("a", 1));
    assertEquals(outcome, "unknown");
  });

  it("refuses a database that sends a write twice", () => {
    const remote = { ...neverCalledDatabase, atomic: neverCalled };
    new DenoKvMap({ ...remote, maxRetries: 0 }, { prefix: "p" });
    const message =
      "the database's option maxRetries must be 0: else it sends a write again when it has lost the answer";
    assertThrows(() => new DenoKvMap({ ...remote, maxRetries: 10 }, { prefix: "p" }), TypeError, message);
  });

  it("knows that nothing was written while another process wrote to the file", async () => {
    const locked = (ErrorClass: typeof Error) => {
      const commit = () => Promise.reject(new ErrorClass("database is locked"));
      return { ...neverCalledDatabase, atomic: () => ({ check() {}, set() {}, delete() {}, commit }) };
    };
    for (const ErrorClass of [TypeError, Error]) {
      const map = new DenoKvMap<string, number>(locked(ErrorClass), { prefix: "p" });
      const { outcome, retryable, message } = await assertStoreError(() => map.set("a", 1));
      assertEquals([outcome, retryable], ["not applied", true]);
      assertEquals(message, "Cannot complete set() of DenoKvMap: another process writes to the file");
    }
  });

  it("refuses what is no database, and options that it does not know", () => {
    assertThrows(() => new DenoKvMap(new Map() as never, { prefix: "a" }), TypeError, "database must have the methods");
    assertThrows(() => new DenoKvMap(kv as DenoKvDatabase, {} as never), TypeError, "prefix must be given");
    assertThrows(() => open({ chunk: true } as never), TypeError, 'Cannot create DenoKvMap: unknown option "chunk"');
  });
});
