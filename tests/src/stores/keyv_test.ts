import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  InvalidValueError,
  type KeyvInstance,
  KeyvMap,
  type StoreKey,
  type StoreMapOptions,
} from "@twinmap/twinmap/keyv";
import { msgpack } from "@twinmap/twinmap/msgpack";
import { asyncConformance, ManualClock } from "@twinmap/twinmap/testing";
import { Keyv as Keyv5 } from "keyv";
import { Keyv as Keyv6 } from "keyv-6";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { FailingStore } from "./keyv/failing_store.ts";
import { assertStoreError } from "./store_errors.ts";
import { KEPT, LOST } from "./values.ts";

/** Both versions, over a store. */
const VERSIONS: { readonly [name: string]: (store?: unknown) => KeyvInstance } = {
  "keyv 5": (store) => new Keyv5({ ...store === undefined ? {} : { store }, throwOnErrors: true }),
  "keyv 6": (store) => new Keyv6({ store } as never) as never,
};

for (const [name, open] of Object.entries(VERSIONS)) {
  describe(`KeyvMap over memory, by ${name}`, () => {
    const clock = new ManualClock();
    asyncConformance(it, {
      make: () => new KeyvMap(open(), { clock }),
      pass: (ms) => clock.advance(ms),
      traits: {
        atomic: "process",
        expires: "entry",
        keys: "strings, integers and bytes",
        maxEntries: Infinity,
        maxVisitedOnce: 2 ** 20,
        scope: "store",
        snapshot: "none",
        values: "copy",
      },
      runs: 10,
    });
  });

  describe(`KeyvMap, by ${name}`, () => {
    const openMap = <V>(keyv: KeyvInstance, options?: StoreMapOptions<V>) => new KeyvMap<StoreKey, V>(keyv, options);

    it("keeps what the codec keeps, and refuses what it would lose", async () => {
      for (const codec of [undefined, msgpack]) {
        const map = openMap<unknown>(open(), codec === undefined ? {} : { codec });
        for (const [at, value] of KEPT.entries()) {
          await map.set("a", value);
          assert(isDeepEqual(await map.get("a"), value), `value ${at}`);
        }
        for (const [value] of LOST) {
          if (codec === undefined) await assertRejects(() => map.set("a", value), TypeError);
        }
      }
    });

    for (const tells of ["throws", "emits"] as const) {
      it(`reports an outage of a store that ${tells}: nothing is absent, and the outcome of writes is unknown`, async () => {
        const store = new FailingStore(tells);
        const map = openMap<number>(open(store));
        await map.set("a", 1);
        store.isDown = true;
        for (const read of [() => map.get("a"), () => map.has("a"), () => map.getMany(["a"]), () => map.size()]) {
          const { outcome, cause } = await assertStoreError(read);
          assertEquals([outcome, (cause as Error).message], ["not applied", "the store is down"]);
        }
        assertEquals((await assertStoreError(() => map.set("a", 2))).outcome, "unknown");
        for (const write of [() => map.delete("a"), () => map.update("a", () => 2), () => map.getOrInsert("b", 2)]) {
          await assertStoreError(write);
        }
        store.isDown = false;
        assertEquals([await map.get("a"), await map.get("b"), await map.size()], [1, undefined, 1]);
      });
    }

    it("reports a store that goes down in the midst of a walk, or of a write", async () => {
      for (const tells of ["throws", "emits"] as const) {
        const store = new FailingStore(tells);
        const map = openMap<number>(open(store));
        await map.setMany([["a", 1], ["b", 2]]);
        store.failsAfter = 1;
        await assertStoreError(() => Array.fromAsync(map));
        store.isDown = false;
        store.failsAfter = 1;
        const { outcome } = await assertStoreError(() => map.update("a", (value) => value! + 1));
        assertEquals(outcome, "unknown");
        store.isDown = false;
        assertEquals(await map.get("a"), 1);
      }
    });

    it("says that it cannot walk over a store without an iterator", async () => {
      const { get, set, delete: remove, clear, has } = new FailingStore("throws");
      const store = new FailingStore("throws");
      const bound = Object.fromEntries(
        Object.entries({ get, set, delete: remove, clear, has }).map(([name, method]) => [
          name,
          (...args: never[]) => (method as (...args: never[]) => unknown).apply(store, args),
        ]),
      );
      const map = openMap<number>(open(bound));
      await map.set("a", 1);
      assertEquals(await map.get("a"), 1);
      for (const walk of [() => map.size(), () => map.clear(), () => Array.fromAsync(map)]) {
        await assertRejects(walk, TypeError, "Cannot walk over KeyvMap: the store of keyv has no iterator");
      }
    });

    it("skips what another program has written, and leaves it there", async () => {
      const keyv = open();
      const map = openMap<number>(keyv);
      await map.set("a", 1);
      await keyv.set("theirs", "2", 0);
      assertEquals(await Array.fromAsync(map), [["a", 1]]);
      await map.clear();
      assertEquals(await keyv.get("theirs"), "2");
    });

    it("reports a value that was not written by it, by the digest of its key", async () => {
      const keyv = open();
      const map = openMap<number>(keyv);
      for (const foreign of ["[1]", "", "b!", "bAA==", "x\n[1]", "\n{", 7, { a: 1 }]) {
        await keyv.set("7361", foreign as string, 0);
        await assertRejects(() => map.get("a"), InvalidValueError, "Cannot read a value of KeyvMap: ");
      }
      assertEquals([await map.delete("a"), await map.get("a")], [true, undefined]);
    });

    it("keeps the time of an entry, whatever is the default of the Keyv, and tells the store", async () => {
      const clock = new ManualClock();
      const store = new FailingStore("throws");
      const keyv = open(store) as KeyvInstance & { ttl?: number };
      keyv.ttl = 1;
      const map = openMap<number>(keyv, { clock });
      await map.set("never", 1);
      await map.set("a", 1, { ttlMs: 1_000.5 });
      await map.set("b", 1, { ttlMs: 1e300 });
      const [never, a, b] = store.ttls as [unknown, number, number];
      assertEquals([never, a > 990 && a <= 1_001 && Number.isInteger(a), b <= 2 ** 45 && b > 2 ** 44], [
        undefined,
        true,
        true,
      ]);
      assertEquals(await map.expiresAt("a"), clock.now() + 1_000.5);
      await clock.advance(1_001);
      assertEquals([await map.get("a"), await map.size()], [undefined, 2]);
    });
  });
}

describe("KeyvMap", () => {
  it("refuses a Keyv of version 5 that swallows errors, or cuts keys", () => {
    assertThrows(() => new KeyvMap(new Keyv5()), TypeError, "keyv must have the option throwOnErrors: true");
    for (const namespace of ["a:b", ""]) {
      const keyv = new Keyv5({ throwOnErrors: true });
      keyv.namespace = namespace;
      assertThrows(() => new KeyvMap(keyv), TypeError, "keyv must have a namespace without a colon");
      new KeyvMap(new Keyv5({ throwOnErrors: true, useKeyPrefix: false, namespace }));
    }
  });

  it("hears errors of a store whose Keyv is told to emit none", async () => {
    const store = new FailingStore("emits");
    const map = new KeyvMap<string, number>(new Keyv5({ store, throwOnErrors: true, emitErrors: false }));
    store.isDown = true;
    await assertStoreError(() => map.get("a"));
  });

  it("listens once to a Keyv, however many maps it has", () => {
    let listeners = 0;
    const keyv = new Keyv5({ throwOnErrors: true });
    const { on } = keyv;
    keyv.on = (...args) => {
      listeners++;
      return on.apply(keyv, args);
    };
    for (let maps = 0; maps < 3; maps++) new KeyvMap(keyv);
    assertEquals(listeners, 1);
  });

  it("refuses what is no Keyv, and options that it does not know", () => {
    assertThrows(() => new KeyvMap(new Map() as never), TypeError, "Cannot create KeyvMap: keyv must have the methods");
    assertThrows(() => new KeyvMap(new Keyv6() as never, { ttl: 1 } as never), TypeError, 'unknown option "ttl"');
  });
});
