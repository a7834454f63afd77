import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SharedMap, structured } from "@twinmap/twinmap/shared";
import { structured as structuredOfWasm } from "@twinmap/twinmap/wasm";
import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { anyCharacter } from "../../any_character.ts";

const restored = <T>(value: T): T => structured.decode(structured.encode(value)) as T;

function assertKeeps(value: unknown): void {
  const back = restored(value);
  if (!isDeepStrictEqual(back, value)) assertEquals(back, value, "it was changed");
}

const leaves = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.double(),
  fc.constantFrom(undefined, null, true, NaN, -0, Infinity, -Infinity, "\ud800", "undefined", "NaN"),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  fc.uint8Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.constantFrom(/a\/b"/giu),
);

const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaves, tie("array"), tie("object"), tie("map"), tie("set")),
  array: fc.oneof(fc.array(tie("value"), { maxLength: 5 }), fc.sparseArray(tie("value"), { maxLength: 9 })),
  object: fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("value"), { maxKeys: 4 }),
  map: fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  set: fc.array(tie("value"), { maxLength: 4 }).map((members) => new Set(members)),
}));

describe("structured", () => {
  it("keeps any value that it takes as it is", () => {
    fc.assert(fc.property(values, assertKeeps), { numRuns: 300 });
  });

  it("keeps what several places refer to as one, and objects that contain themselves", () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { one: shared, other: [shared], map: new Map([[shared, shared]]) };
    value.self = value;
    const back = restored(value) as { one: object; other: object[]; map: Map<object, object>; self: unknown };
    assertStrictEquals(back.other[0], back.one);
    assertStrictEquals(back.map.get(back.one), back.one);
    assertStrictEquals(back.self, back);
  });

  it("keeps objects without a prototype, arrays of any length, and values of any depth", () => {
    const bare = restored(Object.assign(Object.create(null), { a: 1 }));
    assertEquals([Object.getPrototypeOf(bare), bare.a], [null, 1]);
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 1;
    const back = restored(sparse);
    assertEquals([back.length, Object.keys(back), back[4_000_000_000]], [4_000_000_001, ["4000000000"], 1]);
    let deep: unknown[] = [];
    for (let depth = 0; depth < 50_000; depth++) deep = [deep];
    let depth = 0;
    for (let at = restored(deep); at.length > 0; at = at[0] as unknown[]) depth++;
    assertEquals(depth, 50_000);
  });

  it("keeps only its part of a buffer that an array views", () => {
    const part = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    assertEquals(restored([part]), [new Uint8Array([2, 3])]);
  });

  it("refuses what it can't keep, by name and path", () => {
    class Point {}
    const refused: [unknown, string][] = [
      [() => {}, "the value is a function"],
      [{ tags: ["a", () => {}] }, "the value at .tags[1] is a function"],
      [{ a: Symbol("s") }, "the value at .a is a symbol"],
      [{ a: Promise.resolve() }, "the value at .a is a Promise"],
      [{ a: new Point() }, "the value at .a is a Point"],
      [{ a: new (class Table extends Map {})() }, "the value at .a is a Table"],
      [new Map([["k", new Set([new WeakMap()])]]), "the value at .entries()[0][1].values()[0] is a WeakMap"],
      [Object.assign([1], { extra: 1 }), "the value at .extra is a hidden property"],
      [Object.assign(new Date(), { extra: 1 }), "the value at .extra is a hidden property"],
      [{ [Symbol("s")]: 1 }, 'the value at ["Symbol(s)"] is a hidden property'],
    ];
    for (const [value, message] of refused) assertThrows(() => structured.encode(value), TypeError, message);
  });

  it("serves a SharedMap, whose name is in its errors, and is the same for a WasmMap", () => {
    const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 16, codec: structured });
    const other = SharedMap.attach<string, unknown>(map.handle, { codec: structured });
    const value = { tags: new Set(["a"]), at: new Date(0), none: undefined };
    other.set("a", value);
    assertEquals(map.get("a"), value);
    assertEquals(map.compareAndSet("a", { ...value, tags: new Set(["a"]) }, 1), true);
    assertThrows(
      () => map.set("a", { f: () => {} }),
      TypeError,
      "Cannot set a value of SharedMap: the value at .f is a",
    );
    assertStrictEquals(structuredOfWasm, structured);
  });
});
