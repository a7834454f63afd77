import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { json } from "@twinmap/twinmap/json";
import { msgpack } from "@twinmap/twinmap/msgpack";
import { InvalidValueError, SqliteMap, type SqliteMapOptions, StoreError } from "@twinmap/twinmap/sqlite";
import { DatabaseSync } from "node:sqlite";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { ManualClock } from "../../../testing/manual_clock.ts";
import { KEPT, LOST } from "./values.ts";

describe("SqliteMap", () => {
  let database: DatabaseSync;
  const open = <V>(options: Partial<SqliteMapOptions<V>> = {}) =>
    new SqliteMap<string | number | Uint8Array, V>(database, { table: "entries", ...options });
  const rows = (): unknown[] => database.prepare("SELECT * FROM entries").all();

  beforeEach(() => void (database = new DatabaseSync(":memory:")));
  afterEach(() => database.close());

  describe("of any keys and values", () => {
    it("keeps what the codec keeps, as a copy", () => {
      for (const codec of [undefined, msgpack]) {
        const map = open<unknown>({
          table: codec === undefined ? "text" : "bytes",
          ...(codec === undefined ? {} : { codec }),
        });
        for (const [at, value] of KEPT.entries()) {
          assert(isDeepEqual(map.set("a", value).get("a"), value), `value ${at}`);
        }
        const value = { a: 1 };
        assertNotStrictEquals(map.set("a", value).get("a"), value);
      }
    });

    it("refuses what the codec would lose, when it is set, and keeps what it had", () => {
      const map = open<unknown>().set("a", 1) as SqliteMap<string, unknown>;
      for (const [value, at, what] of LOST) {
        const message = `Cannot set a value of SqliteMap: the value${at === "" ? "" : ` at ${at}`} is ${what}`;
        for (
          const use of [
            () => map.set("a", value),
            () => map.getAndSet("a", value),
            () => map.getOrInsert("a", value),
            () => map.getOrInsertComputed("b", () => value),
            () => map.update("a", () => value),
            () => map.compareAndSet("a", 2, value),
          ]
        ) assertThrows(use, TypeError, message);
      }
      assertEquals([...map], [["a", 1]]);
    });

    it("tells strings, integers and bytes apart, and compares bytes by their content", () => {
      const map = open<string>();
      map.set("1", "text").set(1, "integer").set(new Uint8Array([0x31]), "bytes").set("\ud800", "high").set(
        "\udc00",
        "low",
      );
      assertEquals(["1", 1, new Uint8Array([0x31]), "\ud800", "\udc00"].map((key) => map.get(key)), [
        ...["text", "integer", "bytes", "high", "low"],
      ]);
      assertEquals(map.size, 5);
      assertEquals(new Set(map.keys()), new Set(["1", 1, new Uint8Array([0x31]), "\ud800", "\udc00"]));
      for (const key of [1.5, null, {}]) {
        for (
          const use of [
            () => map.get(key as never),
            () => map.delete(key as never),
            () => map.update(key as never, () => ""),
          ]
        ) {
          assertThrows(use, TypeError, "Cannot use SqliteMap: key must be a string, a safe integer or a Uint8Array");
        }
      }
    });

    it("keeps text with a NUL, which a codec may return", () => {
      const map = open<string>({ codec: { encode: (text) => text, decode: (text) => text as string } });
      for (const text of ["a\0b", "\0", "", "é\0"]) assertEquals(map.set("a", text).get("a"), text);
    });

    it("compares values by their content, whatever the order of properties", () => {
      const map = open<unknown>();
      map.set("a", { x: 1, y: new Set([1, 2]) });
      assertEquals(map.compareAndSet("a", { x: 1 }, 0), false);
      assertEquals(map.compareAndSet("a", { y: new Set([2, 1]), x: 1 }, { z: 1 }), true);
      assertEquals(map.compareAndDelete("a", { z: 2 }), false);
      assertEquals(map.compareAndDelete("a", { z: 1 }), true);
      assertEquals(map.compareAndSet("a", undefined, 1), false);
    });
  });

  describe("over a database", () => {
    it("has what other handles and maps write, each map in a table of its own", () => {
      const one = open<number>();
      const again = open<number>({ table: "ENTRIES" });
      const other = open<number>({ table: "other" });
      one.set("a", 1);
      assertEquals([again.get("a"), other.get("a")], [1, undefined]);
      other.clear();
      again.clear();
      assertEquals(one.size, 0);
    });

    it("stores values as the codec encodes them, for other programs to read", () => {
      open<unknown>({ codec: json }).set("a", { b: [1] });
      assertEquals(database.prepare("SELECT value FROM entries").get(), { __proto__: null, value: '{"b":[1]}' });
    });

    it("says of what it cannot decode which key it is, and lets it be deleted and replaced", () => {
      const map = open<unknown>();
      map.set("secret", 1);
      database.exec("UPDATE entries SET value = 'secret'");
      for (
        const use of [
          () => map.get("secret"),
          () => map.getAndDelete("secret"),
          () => map.getAndSet("secret", 2),
          () => map.update("secret", () => 2),
          () => map.compareAndSet("secret", 1, 2),
          () => [...map],
          () => map.snapshot(),
        ]
      ) {
        const error = assertThrows(
          use,
          InvalidValueError,
          "Cannot read a value of SqliteMap: devalue cannot decode it: key ",
        );
        assert(!error.message.includes("secret"));
      }
      assertEquals([map.has("secret"), [...map.keys()], map.size], [true, ["secret"], 1]);
      assertEquals(map.set("secret", 3).get("secret"), 3);
      database.exec("UPDATE entries SET value = x'ff'");
      assertEquals(map.delete("secret"), true);
    });

    it("refuses tables whose name is more than a name", () => {
      const names = [
        "",
        "a b",
        'a"; DROP TABLE b; --',
        "a'",
        "1a",
        "_a",
        "é",
        "a".repeat(65),
        "sqlite_a",
        "SQLITE_a",
        "twinmap_tables",
        "a\0",
      ];
      for (const table of names) {
        assertThrows(() => open({ table }), RangeError, "Cannot create SqliteMap: table must be 1 to 64");
      }
      for (const table of ["select", "Order", "a".repeat(64), "a_1"]) {
        assertEquals(open<number>({ table }).set("a", 1).size, 1);
      }
      assertThrows(() => open({ table: 1 as never }), TypeError, "table must be");
    });

    it("refuses bad arguments", () => {
      for (const database of [undefined, null, {}, "a.db"]) {
        assertThrows(
          () => new SqliteMap(database as never, { table: "a" }),
          TypeError,
          "database must have the method prepare",
        );
      }
      assertThrows(() => new SqliteMap(database, undefined as never), TypeError, "table must be given");
      assertThrows(() => open({ ttlMs: 0 }), RangeError, "ttlMs must be a number above 0");
      assertThrows(() => open({ ttlMs: NaN }), RangeError, "ttlMs must be");
      assertThrows(() => open({ busyTimeoutMs: -1 }), RangeError, "busyTimeoutMs must be");
      assertThrows(() => open({ codec: {} as never }), TypeError, "codec must have the methods encode and decode");
      assertThrows(() => open({ clock: {} as never }), TypeError, "clock must have the method now");
      assertThrows(() => open({ cache: 1 } as never), TypeError, 'unknown option "cache"');
    });
  });

  describe("in a transaction", () => {
    it("lets the function of update use the map, and other maps over the handle", () => {
      const map = open<number>();
      const other = open<number>({ table: "other" });
      const next = map.update("a", () => {
        map.set("b", 1);
        other.update("a", (current = 0) => current + 1);
        return map.update("a", (current = 0) => current + 10) as number + 1;
      });
      assertEquals([next, map.get("a"), map.get("b"), other.get("a")], [11, 11, 1, 1]);
      assertEquals(map.getOrInsertComputed("c", () => map.getOrInsertComputed("d", () => map.size)), 2);
    });

    it("keeps what the function wrote before it threw", () => {
      const map = open<number>();
      assertThrows(
        () =>
          map.update("a", () => {
            map.set("b", 1);
            throw new Error("mine");
          }),
        Error,
        "mine",
      );
      assertEquals([map.get("a"), map.get("b")], [undefined, 1]);
      assertEquals(map.set("c", 1).size, 2, "no transaction stays open");
    });

    it("does not know what became of a write whose function has ended the transaction", () => {
      for (const end of ["COMMIT", "ROLLBACK"]) {
        const map = open<number>();
        map.delete("a");
        const failure = assertThrows(
          () =>
            map.update("a", () => {
              database.exec(end);
              return 1;
            }),
          StoreError,
          "its function has ended the transaction",
        );
        assertEquals([failure.outcome, map.get("a")], ["unknown", 1]);
      }
    });

    it("is part of a transaction of the user", () => {
      const map = open<number>();
      database.exec("BEGIN");
      map.set("a", 1);
      map.update("b", () => 2);
      database.exec("ROLLBACK");
      assertEquals(map.size, 0);
    });
  });

  describe("that others write to", () => {
    it("answers getOrInsert with what was inserted between its two statements", () => {
      const other = open<number>();
      // The map reads the clock between them.
      let interrupts = true;
      const clock = {
        now: () => {
          if (interrupts) other.set("a", 2);
          interrupts = false;
          return 0;
        },
      };
      assertEquals(open<number>({ ttlMs: 5, clock }).getOrInsert("a", 1), 2);
      assertEquals(other.get("a"), 2);
    });
  });

  describe("that is iterated over", () => {
    it("visits what is there throughout once, on any number of pages, and not what was deleted", () => {
      const map = open<number>();
      database.exec("BEGIN");
      for (let key = 0; key < 1_201; key++) map.set(key, key);
      database.exec("COMMIT");
      assertEquals(new Set(map.values()).size, 1_201);
      let visits = 0;
      for (const [key, value] of map) {
        assertEquals(value, key);
        visits++;
        if (visits === 1) {
          for (let other = 0; other < 1_201; other++) if (other % 2 === 1 && other !== key) map.delete(other);
        }
      }
      assert(visits >= 601 && visits <= 602, `${visits} visits`);
      assertEquals(new Set(map.keys()).size, map.size);
    });
  });

  describe("with a time to live", () => {
    let clock: ManualClock;
    beforeEach(() => void (clock = new ManualClock()));

    it("has the traits of a map whose entries expire", () => {
      assertEquals(open({ ttlMs: 5 }).traits.expires, "entry");
      assertEquals(open().traits.expires, "never");
      assertEquals(open().expired("a"), false);
      assertEquals(open({ ttlMs: 5 }).expired("a"), true);
    });

    it("takes an entry for absent from the moment on at which it expires", async () => {
      const map = open<number>({ ttlMs: 100, clock });
      const fresh = async () => {
        map.clear();
        map.set("a", 1);
        await clock.advance(99);
        assertEquals([map.get("a"), map.has("a"), map.size, [...map].length, [...map.snapshot()].length], [
          1,
          true,
          1,
          1,
          1,
        ]);
        await clock.advance(1);
      };
      await fresh();
      assertEquals([map.get("a"), map.has("a"), map.size, map.expiresAt("a")], [undefined, false, 0, undefined]);
      assertEquals([[...map], [...map.keys()], [...map.snapshot()]], [[], [], []]);
      assertEquals([map.compareAndSet("a", 1, 2), map.compareAndDelete("a", 1), map.delete("a")], [
        false,
        false,
        false,
      ]);
      await fresh();
      assertEquals([map.getOrInsert("a", 2), map.get("a")], [2, 2]);
      await fresh();
      assertEquals([map.getOrInsertComputed("a", () => 3), map.get("a")], [3, 3]);
      await fresh();
      assertEquals([map.getAndSet("a", 4), map.get("a")], [undefined, 4]);
      await fresh();
      assertEquals(map.getAndDelete("a"), undefined);
      await fresh();
      assertEquals(map.update("a", (current) => current ?? 5), 5);
    });

    it("begins the time anew when an entry is set or inserted, and keeps it otherwise", async () => {
      const map = open<number>({ ttlMs: 100, clock });
      const start = clock.now();
      const left = () => (map.expiresAt("a") as number) - start;
      map.set("a", 1);
      await clock.advance(10);
      map.getAndSet("a", 2);
      map.compareAndSet("a", 2, 3);
      map.update("a", () => 4);
      map.getOrInsert("a", 5);
      assertEquals(left(), 100);
      map.set("a", 1);
      assertEquals(left(), 110);
      const inserts = [
        () => map.getOrInsert("a", 1),
        () => map.getOrInsertComputed("a", () => 1),
        () => map.getAndSet("a", 1),
        () => map.update("a", () => 1),
      ];
      for (const [at, insert] of inserts.entries()) {
        await clock.advance(10);
        map.delete("a");
        insert();
        assertEquals(left(), 120 + 10 * at);
      }
    });

    it("takes a time for one entry, which may be without end", async () => {
      const map = open<number>({ ttlMs: 100, clock });
      map.set("short", 1, { ttlMs: 0.5 }).set("long", 1, { ttlMs: 1_000 }).set("endless", 1, { ttlMs: Infinity });
      assertEquals(map.expiresAt("short"), clock.now() + 0.5);
      await clock.advance(1_000);
      assertEquals([...map.keys()], ["endless"]);
      assertEquals([map.expiresAt("endless"), map.expiresAt("long")], [Infinity, undefined]);
      const misspelt = { ttl: 5 } as object;
      assertThrows(() => map.set("a", 1, misspelt), TypeError, 'unknown option "ttl"; known: ttlMs');
      for (const ttlMs of [0, -1, NaN]) assertThrows(() => map.set("a", 1, { ttlMs }), RangeError, "ttlMs must be");
      assertThrows(() => map.set("a", 1, { ttlMs: "1" as never }), TypeError, "ttlMs must be");
      assertThrows(() => open<number>().set("a", 1, { ttlMs: 1 }), TypeError, "the map was created without ttlMs");
      assertEquals(open<number>({ ttlMs: Infinity, clock }).set("b", 1).expiresAt("b"), Infinity);
    });

    it("removes what has expired from the file, a part of it at a time", async () => {
      const map = open<number>({ ttlMs: 100, clock });
      for (let key = 0; key < 500; key++) map.set(key, key);
      await clock.advance(100);
      for (let key = 500; key < 600; key++) map.set(key, key);
      assertEquals(rows().length, 400);
      for (let key = 600; key < 900; key++) map.getOrInsert(key, key);
      assertEquals([rows().length, map.size], [400, 400]);
    });

    it("lets an entry expire for maps without a time to live as well", async () => {
      open<number>({ ttlMs: 100, clock }).set("a", 1);
      await clock.advance(100);
      assertEquals(open<number>({ clock }).has("a"), false);
    });
  });

  describe("whose handle fails", () => {
    it("says so as a StoreError, with the method and the key's digest", () => {
      const map = open<number>();
      database.exec("DROP TABLE entries");
      const uses: Record<string, () => unknown> = {
        get: () => map.get("a"),
        has: () => map.has("a"),
        set: () => map.set("a", 1),
        delete: () => map.delete("a"),
        clear: () => map.clear(),
        getOrInsert: () => map.getOrInsert("a", 1),
        getOrInsertComputed: () => map.getOrInsertComputed("a", () => 1),
        getAndDelete: () => map.getAndDelete("a"),
        getAndSet: () => map.getAndSet("a", 1),
        compareAndSet: () => map.compareAndSet("a", 1, 2),
        compareAndDelete: () => map.compareAndDelete("a", 1),
        update: () => map.update("a", () => 1),
        expiresAt: () => map.expiresAt("a"),
        iterate: () => [...map],
        snapshot: () => map.snapshot(),
        size: () => map.size,
      };
      for (const [operation, use] of Object.entries(uses)) {
        const error = assertThrows(use, StoreError, `Cannot complete ${operation}() of SqliteMap: SQLite refused it`);
        assertEquals([error.operation, error.outcome, error.retryable], [operation, "not applied", false]);
        assertEquals(
          error.keyDigest?.length,
          ["clear", "iterate", "snapshot", "size"].includes(operation) ? undefined : 12,
        );
      }
    });
  });
});
