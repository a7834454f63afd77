import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { msgpack } from "@twinmap/twinmap/msgpack";
import { asyncConformance, ManualClock } from "@twinmap/twinmap/testing";
import { InvalidValueError, StorageMap, type StoreKey, type StoreMapOptions } from "@twinmap/twinmap/unstorage";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStorage, prefixStorage, type Storage } from "unstorage";
import fs from "unstorage/drivers/fs";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { assertStoreError } from "./store_errors.ts";
import { KEPT, LOST } from "./values.ts";

const TRAITS = {
  atomic: "process",
  expires: "entry",
  keys: "strings, integers and bytes",
  maxEntries: Infinity,
  scope: "store",
  snapshot: "none",
  values: "copy",
} as const;

describe("StorageMap over memory", () => {
  const clock = new ManualClock();
  const pass = (ms: number) => clock.advance(ms);
  asyncConformance(it, { make: () => new StorageMap(createStorage(), { clock }), traits: TRAITS, pass });
});

describe("StorageMap over files", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "twinmap-storage-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = (options: Record<string, unknown> = {}) => createStorage({ driver: fs({ base: folder, ...options }) });

  const clock = new ManualClock();
  const pass = (ms: number) => clock.advance(ms);
  asyncConformance(it, { make: () => new StorageMap(open(), { clock }), traits: TRAITS, pass, runs: 5 });

  it("keeps its entries for the next process, as text that can be read", async () => {
    await new StorageMap(open()).set("a", { b: 1 });
    assertEquals(await new StorageMap(open()).get("a"), { b: 1 });
    assertEquals(readdirSync(folder), ["7361"]);
    assertEquals(readFileSync(join(folder, "7361"), "utf8"), '\n[{"b":1},1]');
  });

  it("never reads a half of a value that is being written", async () => {
    const map = new StorageMap<string, string>(open());
    const values = ["a".repeat(300_000), "b".repeat(200_000)];
    await map.set("k", values[0]!);
    const writes = values.concat(values).map((value) => map.set("k", value));
    const reads = await Promise.all(Array.from({ length: 20 }, () => map.get("k")));
    await Promise.all(writes);
    for (const read of reads) assert(values.includes(read!), `${read?.length} characters`);
  });

  it("reports what the file system refuses, and that nothing was written", async () => {
    const map = new StorageMap<string, number>(open());
    const { outcome, retryable } = await assertStoreError(() => map.set("k".repeat(2_500), 1), "ENAMETOOLONG");
    assertEquals([outcome, retryable], ["not applied", false]);
    await assertStoreError(() => map.get("k".repeat(2_500)), "ENAMETOOLONG");
    assertEquals(await map.size(), 0);
  });

  it("keeps keys that are longer than the name of a file", async () => {
    const keys = [...[99, 100, 101, 199, 1_000].map((length) => "k".repeat(length)), "é".repeat(1_000)];
    const map = new StorageMap<string, number>(open());
    await map.setMany(keys.map((key, at) => [key, at]));
    assertEquals(await Promise.all(keys.map((key) => map.get(key))), [...keys.keys()]);
    assertEquals((await Array.fromAsync(map.keys())).sort(), keys);
  });

  it("reports a driver that is read-only, and one that removes nothing", async () => {
    const readOnly = new StorageMap<string, number>(open({ readOnly: true }));
    assertEquals((await assertStoreError(() => readOnly.set("a", 1))).outcome, "unknown");
    await new StorageMap<string, number>(open()).set("a", 1);
    assertEquals((await assertStoreError(() => readOnly.delete("a"))).outcome, "unknown");
    assertEquals(await readOnly.get("a"), 1);
  });

  it("reports a file that cannot be read", async () => {
    mkdirSync(join(folder, "7361"));
    writeFileSync(join(folder, "7361", "b"), "");
    const map = new StorageMap<string, number>(open());
    assertEquals((await assertStoreError(() => map.set("a", 1), "EISDIR")).outcome, "not applied");
    chmodSync(folder, 0o700);
  });
});

describe("StorageMap", () => {
  let storage: Storage;
  const open = <V>(options?: StoreMapOptions<V>) => new StorageMap<StoreKey, V>(storage, options);
  beforeEach(() => void (storage = createStorage()));

  it("keeps what the codec keeps, and refuses what it would lose", async () => {
    for (const codec of [undefined, msgpack]) {
      const map = open<unknown>(codec === undefined ? {} : { codec });
      for (const [at, value] of KEPT.entries()) {
        await map.set("a", value);
        assert(isDeepEqual(await map.get("a"), value), `value ${at}`);
      }
    }
    for (const [value] of LOST) await assertRejects(() => open<unknown>().set("a", value), TypeError);
  });

  it("tells keys apart that the storage takes for one another", async () => {
    const map = open<number>();
    const keys = [
      "p/q",
      "p:q",
      "q?x=1",
      "q",
      ":y",
      "y",
      "z:",
      "z",
      "a$",
      "",
      "..",
      "1",
      1,
      "\ud800",
      Uint8Array.of(49),
    ];
    for (const [at, key] of keys.entries()) await map.set(key, at);
    assertEquals(await Promise.all(keys.map((key) => map.get(key))), [...keys.keys()]);
    assertEquals(await map.size(), keys.length);
    await map.clear();
    assertEquals(await storage.getKeys(), []);
  });

  it("skips what another program has written, and leaves it there", async () => {
    const map = open<number>();
    await map.set("a", 1);
    await storage.setItem("theirs", 2);
    await storage.setItem("ff", 4);
    await storage.setItem("73-:61", 5);
    await storage.setMeta("7361", { seen: 3 });
    assertEquals(await Array.fromAsync(map), [["a", 1]]);
    await map.clear();
    assertEquals((await storage.getKeys()).sort(), ["73-:61", "ff", "theirs"]);
  });

  it("shares a storage under a prefix", async () => {
    const [a, b] = ["a", "b"].map((prefix) => new StorageMap<string, string>(prefixStorage(storage as never, prefix)));
    await a!.set("k", "a");
    await b!.set("k", "b");
    await a!.clear();
    assertEquals([await a!.get("k"), await b!.get("k")], [undefined, "b"]);
  });

  it("reports a value that was not written by it, by the digest of its key", async () => {
    const map = open<number>();
    await map.set("a", 1);
    for (const foreign of ["[1]", "", "x\n[1]", "1e3\n[1]", "\n{", new Uint8Array(100), 7, { a: 1 }]) {
      await storage.setItemRaw("7361", foreign);
      await assertRejects(() => map.get("a"), InvalidValueError, "Cannot read a value of StorageMap: ");
    }
    assertEquals([await map.size(), await map.delete("a"), await map.size()], [1, true, 0]);
  });

  it("keeps the time of an entry, and keeps entries for the time of the map", async () => {
    const clock = new ManualClock();
    const map = open<number>({ ttlMs: 1_000, clock });
    await map.set("a", 1);
    await map.set("b", 1, { ttlMs: 0.5 });
    assertEquals(await map.expiresAt("a"), clock.now() + 1_000);
    await clock.advance(1);
    assertEquals([await map.has("b"), await map.delete("b")], [false, false]);
    await map.update("a", (value) => value! + 1);
    assertEquals(await map.expiresAt("a"), clock.now() + 999);
    await map.set("c", 1, { ttlMs: 600.25 });
    await map.getAndSet("c", 2);
    assertEquals(await map.expiresAt("c"), clock.now() + 600.25);
    await clock.advance(999);
    assertEquals((await storage.getKeys()).length, 2);
    assertEquals(await Array.fromAsync(map), []);
    assertEquals(await storage.getKeys(), []);
    assertEquals(await map.getOrInsert("a", 3), 3);
    assertEquals(await map.expiresAt("a"), clock.now() + 1_000);
  });

  it("says that the outcome is unknown if the driver fails", async () => {
    const driver = { ...createStorage().getMount("").driver, setItemRaw: () => Promise.reject(new Error("lost")) };
    const map = new StorageMap<string, number>(createStorage({ driver }));
    const { outcome, retryable, cause } = await assertStoreError(() => map.set("a", 1));
    assertEquals([outcome, retryable, (cause as Error).message], ["unknown", false, "lost"]);
  });

  it("uses a key again after the driver has not answered a read or a write of it", async () => {
    for (const method of ["getItemRaw", "setItemRaw"] as const) {
      let isSilent = true;
      const silentOnce = (...args: [string, never]) => {
        if (!isSilent) return storage[method](...args);
        isSilent = false;
        return new Promise<never>(() => {});
      };
      const faulty = new Proxy(storage, {
        get: (target, name) => name === method ? silentOnce : target[name as keyof Storage],
      });
      const clock = new ManualClock();
      const map = new StorageMap<string, number>(faulty, { clock });
      const calls = [map.get("a"), map.set("a", 1)].map((call) => call.catch(() => {}));
      for (let waiting = 0; waiting < 3; waiting++) await clock.advance(5_000);
      await Promise.all(calls);
      await map.set("a", 2);
      assertEquals([await map.get("a"), await open().get("a")], [2, 2]);
    }
  });

  it("keeps no write waiting for a read that has had its time, nor for one of another key", async () => {
    const isSilent = new Set(["7361"]);
    const faulty = new Proxy(storage, {
      get: (target, name) =>
        name === "getItemRaw"
          ? (key: string) => isSilent.delete(key) ? new Promise<never>(() => {}) : target.getItemRaw(key)
          : target[name as keyof Storage],
    });
    const clock = new ManualClock();
    const map = new StorageMap<string, number>(faulty, { clock });
    await map.set("b", 0);
    const read = assertStoreError(() => map.get("a"));
    await clock.advance(4_000);
    await map.set("b", 1);
    const write = map.set("a", 1);
    await clock.advance(999);
    assertEquals(await open().get("a"), undefined);
    await clock.advance(1);
    assertEquals(await open().get("a"), 1);
    await write;
    assertEquals([(await read).outcome, await map.get("b")], ["not applied", 1]);
    isSilent.add("7361");
    const late = assertStoreError(() => map.get("a"));
    await clock.advance(5_000);
    await late;
    await map.set("a", 2);
    assertEquals(await map.get("a"), 2);
  });

  it("visits a key once that the driver names twice", async () => {
    const map = new StorageMap<string, number>({
      getItemRaw: (key) => storage.getItemRaw(key),
      setItemRaw: (key, value) => storage.setItemRaw(key, value),
      removeItem: (key) => storage.removeItem(key),
      getKeys: async () => [...await storage.getKeys(), ...await storage.getKeys()],
    });
    await map.set("a", 1);
    assertEquals([await map.size(), await Array.fromAsync(map)], [1, [["a", 1]]]);
  });

  it("reports a driver that names no keys at all", async () => {
    const nameless = new Proxy(storage, {
      get: (target, name) => name === "getKeys" ? () => Promise.resolve() : target[name as keyof Storage],
    });
    await assertStoreError(() => new StorageMap(nameless).size());
  });

  it("refuses what is no storage, and options that it does not know", () => {
    assertThrows(() => new StorageMap(new Map() as never), TypeError, "Cannot create StorageMap: storage must have");
    assertThrows(() => open({ prefix: "a" } as never), TypeError, 'Cannot create StorageMap: unknown option "prefix"');
    assertThrows(() => open({ ttlMs: 0 }), RangeError, "Cannot create StorageMap: ttlMs must be a number above 0");
  });
});
