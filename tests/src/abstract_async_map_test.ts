import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AbstractAsyncMap, type AsyncMapOptions, type AsyncStore, StoreError, type Traits } from "@twinmap/twinmap";
import { ManualClock } from "../../testing/manual_clock.ts";
import { behavesAsMap } from "./async/behaves_as_map.ts";
import { SteppedStore, StoreMap } from "./async/stepped_store.ts";

/** A map over a store that keeps text, and refuses long text and keys that are none. */
class TextMap extends AbstractAsyncMap<string | Uint8Array, unknown, string> {
  readonly rows = new Map<string, string>();

  constructor(options?: AsyncMapOptions) {
    const rows = new Map<string, string>();
    const idOf = (key: unknown) => {
      if (typeof key === "string") return `text ${key}`;
      if (key instanceof Uint8Array) return `bytes ${key}`;
      throw new TypeError("the key is not text");
    };
    const store: AsyncStore<string | Uint8Array, unknown, string> = {
      identify: idOf,
      encode: (value) => {
        const text = JSON.stringify(value);
        if (text.length > 20) throw new RangeError("the value is too long");
        return text;
      },
      equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
      get: (key) => {
        const text = rows.get(idOf(key));
        return text === undefined ? undefined : { value: JSON.parse(text) };
      },
      set: (key, text) => rows.set(idOf(key), text),
      delete: (key) => rows.delete(idOf(key)),
      entries: async function* () {},
    };
    super(store, options);
    this.rows = rows;
  }

  override get traits(): Traits {
    return { ...super.traits, values: "copy", expires: "entry", expiryPrecisionMs: 1 };
  }

  /** A method that this store does in one step. */
  override async getAndSet(key: string, value: unknown, options?: { signal?: AbortSignal }): Promise<unknown> {
    return await this.send("write", { operation: "getAndSet", key }, options, () => this.rows.get(key) ?? value);
  }
}

describe("AbstractAsyncMap", () => {
  for (const kind of ["atomic", "plain"] as const) {
    it(`answers every operation as a plain Map would, over a store that is ${kind}`, () =>
      behavesAsMap(() => new StoreMap(new SteppedStore(kind))));
  }

  it("reads and sets many keys in one go if the store can", () =>
    behavesAsMap(() => {
      const store = new SteppedStore<unknown, unknown>("plain");
      const refuse = () => Promise.reject(new Error("one by one"));
      const many: AsyncStore<unknown, unknown> = {
        get: (key) => store.get(key),
        set: (key, value) => store.set(key, value),
        delete: (key) => store.delete(key),
        entries: () => store.entries(),
        getMany: (keys) => keys.map((key) => store.rows.get(key)),
        setMany: (entries) => entries.forEach(([key, value]) => store.rows.set(key, { value })),
      };
      const map = new StoreMap(many);
      const oneByOne = new StoreMap({ ...many, get: refuse, set: refuse });
      map.getMany = (keys, options) => oneByOne.getMany(keys, options);
      map.setMany = (entries, options) => oneByOne.setMany(entries, options);
      return map;
    }));

  it("is atomic to all who use the store if that can compare and set, else to those who use the map", () => {
    const { atomic, ...traits } = new StoreMap(new SteppedStore("atomic")).traits;
    assertEquals([atomic, new StoreMap(new SteppedStore("plain")).traits.atomic], ["store", "process"]);
    assertEquals(traits, {
      order: "none",
      iteration: "weak",
      maxVisitedOnce: Infinity,
      snapshot: "none",
      keys: "any",
      values: "reference",
      maxEntries: Infinity,
      maxKeyBytes: Infinity,
      maxValueBytes: Infinity,
      scope: "store",
      evicts: false,
      touches: false,
      expires: "never",
      expiryPrecisionMs: 0,
    });
  });

  it("is named after its class", () => {
    assertEquals(`${new TextMap()}`, "[object TextMap]");
  });

  it("takes a value when it is called, so that it may be changed afterwards", async () => {
    const map = new TextMap();
    const value = { n: 1 };
    const calls = [
      map.set("a", value),
      map.getOrInsert("b", value),
      map.setMany([["c", value]]),
    ];
    value.n = 2;
    await Promise.all(calls);
    assertEquals([...map.rows.values()], ['{"n":1}', '{"n":1}', '{"n":1}']);
    const changed = map.compareAndSet("a", { n: 1 }, value);
    value.n = 3;
    assertEquals([await changed, map.rows.get("text a")], [true, '{"n":2}']);
  });

  it("compares values as the store does", async () => {
    const map = new TextMap();
    await map.set("a", { n: 1 });
    assertEquals(await map.compareAndDelete("a", { n: 2 }), false);
    assertEquals([await map.compareAndDelete("a", { n: 1 }), map.rows.size], [true, 0]);
  });

  it("takes keys for equal that the store does", async () => {
    const map = new TextMap();
    const increment = async (value: unknown) => await Number(value ?? 0) + 1;
    await Promise.all([1, 2, 3].map(() => map.update(Uint8Array.of(1), increment)));
    assertEquals([...map.rows], [["bytes 1", "3"]]);
    const keys = [Uint8Array.of(1), Uint8Array.of(1), "1"];
    assertEquals([...await map.getMany(keys)], [[keys[0], 3], [keys[1], 3]]);
    await map.setMany([[Uint8Array.of(1), 4], [Uint8Array.of(1), 5]]);
    assertEquals([...map.rows], [["bytes 1", "5"]]);
  });

  it("rejects what the store refuses, with its error, before anything is sent", async () => {
    const map = new TextMap();
    const wrong = 1 as unknown as string;
    const onKey = [
      () => map.get(wrong),
      () => map.has(wrong),
      () => map.expiresAt(wrong),
      () => map.getMany(["a", wrong]),
      () => map.set(wrong, 1),
      () => map.setMany([["a", 1], [wrong, 1]]),
      () => map.delete(wrong),
      () => map.getOrInsert(wrong, 1),
      () => map.getOrInsertComputed(wrong, () => 1),
      () => map.getAndDelete(wrong),
      () => map.compareAndSet(wrong, 1, 1),
      () => map.compareAndDelete(wrong, 1),
      () => map.update(wrong, () => 1),
    ];
    for (const call of onKey) await assertRejects(call, TypeError, "the key is not text");
    const long = "long".repeat(5);
    const onValue = [
      () => map.set("a", long),
      () => map.setMany([["a", 1], ["b", long]]),
      () => map.getOrInsert("a", long),
      () => map.getOrInsertComputed("a", () => long),
      () => map.compareAndSet("a", 1, long),
      () => map.update("a", () => long),
    ];
    for (const call of onValue) await assertRejects(call, RangeError, "the value is too long");
    assertEquals(map.rows.size, 0);
  });

  it("lets a class send one command for a method, within the limits of a call", async () => {
    const map = new TextMap();
    assertEquals(await map.getAndSet("a", 1), 1);
    const { operation, store } = await assertRejects(
      () => map.getAndSet("a", 1, { signal: AbortSignal.abort() }),
      StoreError,
    );
    assertEquals([operation, store], ["getAndSet", "TextMap"]);
  });

  it("takes a time to live only where its entries have one each", async () => {
    const map = new StoreMap(new SteppedStore<string, number>("plain"));
    const message = "ttlMs must be absent: the trait expires is never";
    await assertRejects(() => map.set("a", 1, { ttlMs: 1 }), TypeError, `Cannot call set() of StoreMap: ${message}`);
    await assertRejects(
      () => map.setMany([["a", 1]], { ttlMs: 1 }),
      TypeError,
      `Cannot call setMany() of StoreMap: ${message}`,
    );
    const expiring = new TextMap();
    await expiring.set("a", 1, { ttlMs: Infinity });
    for (const ttlMs of [0, -1, NaN]) {
      const wrong = "Cannot call set() of TextMap: ttlMs must be a number above 0 and up to Infinity: received";
      await assertRejects(() => expiring.set("a", 1, { ttlMs }), RangeError, wrong);
    }
  });

  it("tells when an entry expires", async () => {
    const store = new SteppedStore<string, number>("plain");
    store.rows.set("a", { value: 1, expiresAt: 5 });
    store.rows.set("b", { value: 1 });
    const map = new StoreMap(store);
    assertEquals(await Promise.all(["a", "b", "c"].map((key) => map.expiresAt(key))), [5, Infinity, undefined]);
  });

  it("has no snapshots", async () => {
    const map = new StoreMap(new SteppedStore("plain"));
    await assertRejects(() => map.snapshot(), TypeError, "Cannot take a snapshot of StoreMap: its store has none");
  });

  it("refuses callbacks that are none", async () => {
    const map = new StoreMap<string, number>(new SteppedStore("plain"));
    const none = undefined as unknown as () => number;
    await assertRejects(() => map.update("a", none), TypeError, "Cannot call update: its callback must be a function");
    await assertRejects(() => map.forEach(none as () => void), TypeError, "Cannot call forEach: its callback must be");
  });

  it("waits for the callback of forEach before it calls it again", async () => {
    const map = new StoreMap<string, number>(new SteppedStore("plain"));
    await map.setMany([["a", 1], ["b", 2]]);
    let running = 0;
    await map.forEach(async () => {
      assertEquals(running++, 0);
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      running--;
    });
  });

  it("lets the store free what an iteration holds that is left, or fails", async () => {
    for (const fails of [false, true]) {
      let isFreed = false;
      const store = new SteppedStore<string, number>("plain");
      const clock = new ManualClock();
      store.entries = async function* () {
        try {
          yield ["a", 1];
          if (fails) throw new Error("gone");
          yield ["b", 2];
        } finally {
          isFreed = true;
        }
      };
      const visit = async () => {
        for await (const [key] of new StoreMap(store, { clock })) if (!fails && key === "a") break;
      };
      if (fails) await assertRejects(visit, StoreError, "Cannot complete entries() of StoreMap: the store failed");
      else await visit();
      await Promise.resolve();
      assert(isFreed);
    }
  });

  it("refuses options that are none", () => {
    const create = (options: unknown) => new StoreMap(new SteppedStore("plain"), options as AsyncMapOptions);
    assertThrows(() => create({ timeout: 1 }), TypeError, 'Cannot create StoreMap: unknown option "timeout"');
    assertThrows(
      () => create({ timeoutMs: 0 }),
      RangeError,
      "Cannot create StoreMap: timeoutMs must be a number above 0",
    );
    assertThrows(() => create({ clock: {} }), TypeError, "Cannot create StoreMap: clock must have the methods");
  });
});
