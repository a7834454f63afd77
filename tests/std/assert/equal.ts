/** The equality of `assertEquals`. */

type Properties = Record<PropertyKey, unknown>;

/**
 * Deep equality by the rules of JSR's `@std/assert`: `NaN` equals `NaN` and `0` equals `-0` (ask `assertStrictEquals`
 * to tell them apart), an absent property is not an `undefined` one, the order of a set's or a map's entries is free.
 * In one point it is stricter: two errors must have the same message, which the original does not look at.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (!sameClass(a, b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if ((a instanceof RegExp && b instanceof RegExp) || (a instanceof URL && b instanceof URL)) {
    return String(a) === String(b);
  }
  if (a instanceof WeakMap || a instanceof WeakSet) throw new TypeError("Cannot compare weak collections");
  if (seen.get(a) === b) return true; // A cycle: the answer is found further up.
  seen.set(a, b);
  if (a instanceof Error && b instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
  if (a instanceof Set && b instanceof Set) return sameMembers([...a], [...b], seen);
  if (a instanceof Map && b instanceof Map) return sameMembers([...a], [...b], seen);
  return sameProperties(a as Properties, b as Properties, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object without a prototype is as good as a plain one. */
function sameClass(a: object, b: object): boolean {
  return (a.constructor ?? Object) === (b.constructor ?? Object);
}

/** Most collections are written in the same order, so the partner is looked for in the same place first. */
function sameMembers(a: unknown[], b: unknown[], seen: Map<object, object>): boolean {
  if (a.length !== b.length) return false;
  const free = new Set(b.keys());
  return a.every((member, place) => {
    const fits = (at: number) => free.has(at) && compare(member, b[at], new Map(seen));
    const at = fits(place) ? place : [...free].find(fits);
    return at !== undefined && free.delete(at);
  });
}

function sameProperties(a: Properties, b: Properties, seen: Map<object, object>): boolean {
  const keys = enumerableKeys(a);
  if (keys.length !== enumerableKeys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && compare(a[key], b[key], seen));
}

function enumerableKeys(object: object): PropertyKey[] {
  const symbols = Object.getOwnPropertySymbols(object);
  return [...Object.keys(object), ...symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(object, key))];
}
