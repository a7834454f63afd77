/** Values of every kind, and what a codec must do with them. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Codec, UndecodableError, UnencodableError } from "../../../src/stores/codec.ts";
import { isDeepEqual } from "../../../src/equality/deep_equal.ts";
import { anyCharacter } from "../../any_character.ts";

const cyclic: Record<string, unknown> = { list: [1] };
cyclic.self = cyclic;
cyclic.again = cyclic.list;
cyclic.map = new Map<unknown, unknown>([["back", cyclic], [cyclic, new Set([cyclic])]]);

/** An object that contains the last one, `depth` deep. */
export function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

/** What every codec for more than JSON keeps. */
export const KEPT: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    1,
    -1.5,
    2 ** 53,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    0n,
    -1n,
    2n ** 64n,
    -(2n ** 90n),
  ],
  ...["", "a\0b", "ÿ", "😀", "</script>", "\u2028", "x".repeat(70_000)],
  ...[[], {}, [undefined, null], { a: { "": 1, "a b": [2], constructor: 3, toString: 4, then: 5 } }],
  ...[
    new Date(0),
    new Date(-1),
    new Date(NaN),
    new Date(8.64e15),
    /a"\/b/giu,
    new Set([1, [2]]),
    new Map([[{ a: 1 }, 2]]),
  ],
  ...[new ArrayBuffer(3), new Uint8Array([1, 255]), new Float32Array([1.5, -0, NaN]), new BigInt64Array([-1n])],
  ...[new Uint16Array([1, 2, 3]).subarray(1, 2), new Uint8ClampedArray(0), cyclic, nested(500)],
];

class Point {
  x = 1;
}

/** What no codec keeps, where it is, and what it is called. */
export const LOST: readonly [value: unknown, at: string, what: string][] = [
  [{ a: [Symbol("s")] }, ".a[0]", "a symbol"],
  [{ "a b": () => {} }, '["a b"]', "a function"],
  [new Map<unknown, unknown>([[1, 2], [3, { b: Promise.resolve() }]]), ".entries()[1][1].b", "a Promise"],
  [new Map<unknown, unknown>([[new WeakMap(), 2]]), ".entries()[0][0]", "a WeakMap"],
  [new Set<unknown>([1, [new Error("no")]]), ".values()[1][0]", "an Error"],
  [[new Point()], "[0]", "a Point"],
  [new (class extends Map {})(), "", ""],
  [new String("s"), "", "a String"],
  [Object.assign([1], { extra: 1 }), ".extra", "a property of an array"],
  [Object.assign(new Date(0), { extra: 1 }), ".extra", "a hidden property"],
  [Object.defineProperty({}, "hidden", { value: 1 }), ".hidden", "a hidden property"],
  [{ [Symbol("s")]: 1 }, '["Symbol(s)"]', "a hidden property"],
  [JSON.parse('{ "a": { "__proto__": 1 } }'), ".a.__proto__", "a property called __proto__"],
  [Object.assign(/a/g, { lastIndex: 1 }), ".lastIndex", "not 0"],
  [{ a: new Uint8Array(new SharedArrayBuffer(1)) }, ".a.buffer", "a SharedArrayBuffer"],
  [nested(501), "[0]".repeat(500), "nested more than 500 deep"],
  [nested(100_000), "[0]".repeat(500), "nested more than 500 deep"],
];

/** Anything that `fast-check` can make, and the values above in it. */
const anything: fc.Arbitrary<unknown> = fc.anything({
  values: [
    ...[fc.string({ unit: anyCharacter }), fc.double(), fc.integer(), fc.bigInt(), fc.boolean(), fc.date()],
    ...[fc.constantFrom(...KEPT.slice(0, -2), ...LOST.slice(0, -2).map(([value]) => value))],
  ],
  key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "then", "\ud800")),
  ...{ withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withNullPrototype: true, withSet: true },
  ...{ withSparseArray: true, withTypedArray: true },
});

/** Throws unless the codec keeps every value as it is, or refuses it. Each must happen. */
export function keepsOrRefuses(codec: Codec<unknown>): void {
  let kept = 0;
  let refused = 0;
  fc.assert(
    fc.property(anything, (value) => {
      let encoded;
      try {
        encoded = codec.encode(value);
      } catch (error) {
        assert(error instanceof UnencodableError, `it throws ${error}`);
        refused++;
        return;
      }
      assertEquals(typeof encoded, codec.form === "bytes" ? "object" : "string");
      assert(isDeepEqual(codec.decode(encoded), value), "it comes back as it was");
      kept++;
    }),
    { numRuns: 1_000 },
  );
  assert(kept > 100 && refused > 100, `${kept} values were kept, ${refused} were refused`);
}

/** Throws unless the codec makes a value of what somebody else wrote, or refuses it, and does no harm. */
export function withstands(codec: Codec<unknown>, hostile: fc.Arbitrary<string | Uint8Array>): void {
  const before = Reflect.ownKeys(Object.prototype).length;
  let refused = 0;
  fc.assert(
    fc.property(hostile, (encoded) => {
      let value: unknown;
      try {
        value = codec.decode(encoded);
      } catch (error) {
        assert(error instanceof UndecodableError, `it throws ${error}`);
        refused++;
        return;
      }
      if (Array.isArray(value)) assert(value.length <= 2 ** 16 + encoded.length, `it has ${value.length} elements`);
      assertEquals(Reflect.ownKeys(Object.prototype).length, before);
    }),
    { numRuns: 2_000 },
  );
  assert(refused > 100, `${refused} were refused`);
}
