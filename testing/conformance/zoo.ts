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
