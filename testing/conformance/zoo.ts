import type { Traits } from "../../mod.ts";

const objects = [{}, [], () => {}];

/** Keys of every type, some of which are easily confused. */
const ANY_KEYS: readonly unknown[] = [
  ...[0, -0, 1, "1", "", "a", "b", 1.5, NaN, Infinity, 2 ** 31, 2 ** 40, 1n, -1n, true, false, null, undefined],
  ...[Symbol.iterator, Symbol("a"), Symbol("a"), ...objects],
];

const INTEGERS: readonly number[] = [
  ...[0, -0, 1, -1, 2, 3, 65_536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33 + 1],
  ...[-(2 ** 32) + 1, 2 ** 40, 1_700_000_000_000, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
];

/** Strings and integers that are stored in different forms, or easily confused. */
const STRINGS_AND_INTEGERS: readonly unknown[] = [
  ...[0, -0, 1, "1", "", "a", "ab", "abc", "abcd", "a\0", "ÿ", "Ā", "a".repeat(41), "a".repeat(42), "é".repeat(100)],
  ...["\ud800", "😀".repeat(60), 2 ** 31, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER, ...Array(20).keys()],
];

const NUMBERS: readonly number[] = [0, -0, 1, -1, 1.5, 2 ** 31, -(2 ** 31), NaN, Infinity, -Infinity, 5e-324];

const PRIMITIVES: readonly unknown[] = [
  ...[0, -0, 1, "1", 1.5, NaN, Infinity, 2 ** 31, undefined, null, true, false, "", "a\0", "ÿ", "Ā", "\ud800"],
  ...["x".repeat(30), "x".repeat(1_000), "Ā".repeat(1_000)],
];

const KEYS: { readonly [kind in Traits["keys"]]: readonly unknown[] } = {
  "any": ANY_KEYS,
  "integers": INTEGERS,
  "strings and integers": STRINGS_AND_INTEGERS,
  "strings, integers and bytes": STRINGS_AND_INTEGERS,
};

const VALUES: { readonly [kind in Traits["values"]]: readonly unknown[] } = {
  reference: [0, -0, 1, "1", NaN, undefined, null, ...objects],
  copy: PRIMITIVES,
  numbers: NUMBERS,
};

const REFUSED_KEYS: { readonly [kind in Traits["keys"]]: readonly unknown[] } = {
  "any": [],
  "integers": ["1", 1.5, 2 ** 53, NaN, 1n, null, undefined, new Uint8Array(1)],
  "strings and integers": [1.5, 2 ** 53, NaN, 1n, null, undefined, true, Symbol("1"), {}, [1], new Uint8Array(1)],
  "strings, integers and bytes": [
    1.5,
    2 ** 53,
    NaN,
    1n,
    null,
    undefined,
    true,
    Symbol("1"),
    {},
    [1],
    new ArrayBuffer(1),
  ],
};

const REFUSED_VALUES: { readonly [kind in Traits["values"]]: readonly unknown[] } = {
  reference: [],
  copy: [],
  numbers: ["1", 1n, undefined, null, {}],
};

/** What no method takes for a callback. */
export const NO_FUNCTIONS: readonly unknown[] = [undefined, null, 5, {}, "f"];

/** Keys that a map with these traits accepts: few, so that operations meet. */
export function keysFor({ keys }: Traits): readonly unknown[] {
  return KEYS[keys];
}

/** Values that a map with these traits accepts. */
export function valuesFor({ values }: Traits): readonly unknown[] {
  return VALUES[values];
}

/** Keys that it must refuse with a `TypeError`. */
export function refusedKeysFor({ keys }: Traits): readonly unknown[] {
  return REFUSED_KEYS[keys];
}

/** Values that it must refuse with a `TypeError`. */
export function refusedValuesFor({ values }: Traits): readonly unknown[] {
  return REFUSED_VALUES[values];
}

const BYTES: readonly Uint8Array[] = [[], [0], [1], [49], [255, 0, 254], Array(300).keys()].map((bytes) =>
  Uint8Array.from(bytes)
);

/** Keys that are hard to keep apart, all different, among those that a map with these traits accepts. */
export function hardKeysFor({ keys }: Traits): readonly unknown[] {
  if (keys === "integers") return [...new Set(INTEGERS)];
  const strings = [
    ..."*?[]\\:/{}%$'\"\n\r\t\0 ",
    "a:b",
    "a/b",
    "a?b",
    ":a",
    "a:",
    "{a}",
    "__proto__",
    "constructor",
    "\ud800",
    "\udc00",
    "é",
    "e\u0301",
  ];
  const known = new Set<unknown>([...STRINGS_AND_INTEGERS, ...strings]);
  return keys === "strings, integers and bytes" ? [...known, ...BYTES] : [...known];
}

class Point {
  x = 1;
  y = 2;
}

/** Values that are hard to keep: a map may refuse any of them, but not change it. */
export function hardValues(): unknown[] {
  const cyclic: unknown[] = [1];
  cyclic.push(cyclic);
  const shared = { a: 1 };
  const withProto = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}');
  return [
    ...PRIMITIVES,
    ...NUMBERS,
    ...[1n, -(2n ** 100n), Symbol("a"), () => {}, class {}],
    ...[new Date(0), new Date(NaN), /a+/gi, new URL("https://example.org/a?b=c"), new Error("e"), new Point()],
    ...[new Map([[1, new Map([["a", new Set([NaN])]])]]), new Set([undefined, null, -0])],
    ...[new Uint8Array([0, 255]), new Float64Array([-0, NaN]), new ArrayBuffer(3), new DataView(new ArrayBuffer(2))],
    ...[[], [undefined], [, 1], [[[[]]]], {}, { a: undefined }, { a: { b: [null, -0] } }, { "a.b": 1, "": 2 }],
    ...[
      Object.create(null),
      withProto,
      cyclic,
      [shared, shared],
      Object(1),
      Object("a"),
      new WeakMap(),
      Promise.resolve(1),
    ],
    ...[{ toJSON: () => 1 }, "\ud800\udc00\ud800", "\u2028", "a".repeat(70_000)],
  ];
}
