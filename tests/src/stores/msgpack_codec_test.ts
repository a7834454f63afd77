import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { msgpack } from "@twinmap/twinmap/msgpack";
import fc from "fast-check";
import { UndecodableError } from "../../../src/stores/codec.ts";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { keepsOrRefuses, KEPT, LOST, withstands } from "./values.ts";

/** What this codec alone loses. */
const LOST_HERE: readonly [value: unknown, at: string, what: string][] = [
  [{ a: -0 }, ".a", "-0"],
  [["a", "\ud800"], "[1]", "a string with a lone surrogate"],
  [{ "\ud800": 1 }, '["\\ud800"]', "a property whose name has a lone surrogate"],
  [[1, , 2], "[1]", "missing"],
  [{ a: Object.create(null) }, ".a", "an object without a prototype"],
];

/** Bytes at random, and values in which some bytes were replaced. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.tuple(
    fc.constantFrom(...KEPT.filter((value) => msgpack.encode(value).length < 1_000)),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
  ).map(([value, changes]) => {
    const bytes = Uint8Array.from(msgpack.encode(value) as Uint8Array);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes;
  }),
);

describe("msgpack", () => {
  it("keeps more than JSON", () => {
    for (const [at, value] of KEPT.entries()) {
      assert(isDeepEqual(msgpack.decode(msgpack.encode(value)), value), `value ${at}`);
    }
  });

  it("refuses what it would lose, by name and path", () => {
    for (const [value, at, what] of [...LOST, ...LOST_HERE]) {
      const message = `the value${at === "" ? "" : ` at ${at}`} is ${what}`;
      assertThrows(() => msgpack.encode(value), TypeError, message);
    }
  });

  it("keeps any value as it is, or refuses it", () => keepsOrRefuses(msgpack));

  it("gives bytes that no later value changes", () => {
    const bytes = msgpack.encode({ a: "first" });
    for (let at = 0; at < 1_000; at++) msgpack.encode({ b: "x".repeat(100) });
    assertEquals(msgpack.decode(bytes), { a: "first" });
  });

  it("shares no memory with what it decodes", () => {
    const bytes = msgpack.encode(new Uint8Array([1, 2, 3])) as Uint8Array;
    const value = msgpack.decode(bytes);
    bytes.fill(0);
    assertEquals(value, new Uint8Array([1, 2, 3]));
    const foreign = Uint8Array.from([0xc4, 1, 7]);
    const decoded = msgpack.decode(foreign);
    foreign.fill(0);
    assertEquals([...decoded as Uint8Array], [7]);
  });

  it("withstands what others have written", () => withstands(msgpack, hostile));

  it("withstands lengths that the bytes do not have, and deep nesting", () => {
    for (
      const bytes of [[0xdd, 255, 255, 255, 255], [0xdf, 255, 255, 255, 255], [0xc6, 255, 255, 255, 255], [
        0xdb,
        127,
        0,
        0,
        0,
      ]]
    ) {
      assertThrows(() => msgpack.decode(Uint8Array.from(bytes)), UndecodableError, "msgpackr cannot decode it");
    }
    assertThrows(() => msgpack.decode(new Uint8Array(1_000_000).fill(0x91)), UndecodableError);
    assertEquals(msgpack.decode(msgpack.encode("still works")), "still works");
  });
});
