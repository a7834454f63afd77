/**
 * Whether two values are equal, and where they differ.
 *
 * @module
 */

import { Comparison, type DifferingPart, isObject } from "./comparison.ts";

export { ABSENT } from "./absent.ts";
export type { DifferingPart } from "./comparison.ts";

/**
 * Whether two values are equal in everything that can be seen of them. The rules:
 *
 * - Primitives and functions are compared by `Object.is`: `NaN` equals `NaN`, `-0` is not `0`.
 * - Objects must have the same prototype and the same own enumerable properties, in any order; an absent property is
 *   not an `undefined` one. The built-in classes of another realm, such as a `vm` context or a frame, are the same classes; any
 *   other class of another realm is another class, whatever its name.
 * - Arrays, typed arrays, buffers and `DataView`s must have the same length and elements; a hole is not `undefined`.
 *   Named properties of an array are ignored.
 * - `Map`s and `Set`s must have equal entries, in any order. An object that is a key or a member on both sides is matched
 *   with itself; other objects are matched with equal ones.
 * - Errors must have the same name, message, cause and `errors`; the stack is ignored. `Date`, `RegExp` (with
 *   `lastIndex`), `URL`, `URLSearchParams` and boxed primitives are compared by what they hold.
 * - Any other instance of a class without visible properties is equal only to itself: a `Promise`, a `WeakMap`, an
 *   instance that has only `#private` fields. Private fields beside visible properties are not compared.
 *
 * O(n) in the size of the values, and nesting may be as deep as memory allows. Keys or members that are objects, and not the
 * same objects on both sides, are matched by a hash of their content: O(n²) only if their first 256 parts are the same.
 *
 * @throws Whatever a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`.
 */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  let equal: boolean | PausedComparison = new Comparison(0).begin(a, b, MANY_STEPS);
  while (typeof equal === "object") equal = equal.goOn(MANY_STEPS);
  return equal;
}

/** A comparison that has used up its steps. */
export interface PausedComparison {
  /** Goes on for so many steps. Returns whether the values are equal, or the comparison if that is not known yet. */
  goOn(steps: number): boolean | PausedComparison;
}

/**
 * Compares two values as {@link isDeepEqual} does, and pauses after a number of steps. If a value changes during a pause, the
 * result says nothing.
 *
 * A step takes some 10 to 100 nanoseconds. It is one property, element, key or member, 16 bytes of a buffer, or 1,024
 * characters of a string; a pair of objects takes 8 steps, matching a key or member 32. What the platform does at once
 * cannot be divided: comparing two strings, listing the properties of an object or the indexes of a sparse array, and
 * growing the `Map` of the pairs of objects that were met, which takes some milliseconds from 65,536 pairs on.
 *
 * @param steps The number of steps.
 * @returns Whether the values are equal, or the comparison if that is not known yet.
 * @throws Whatever a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`.
 */
export function compareWithin(a: unknown, b: unknown, steps: number): boolean | PausedComparison {
  if (Object.is(a, b)) return true;
  return isObject(a) && isObject(b) && new Comparison(0).begin(a, b, steps);
}

/**
 * Where two values differ, by the rules of {@link isDeepEqual}, nearest to the top first. Two objects that meet in several
 * places are only compared in the first one.
 *
 * @param oldValue The old value.
 * @param newValue The new value.
 * @param limit The largest number of differences to return.
 * @param steps After so many steps, as {@link compareWithin} counts them, only the differences found so far are returned.
 * @returns At most `limit` differences; none if the values are equal.
 * @throws {RangeError} If `limit` is not a whole number from 1 up.
 * @throws Whatever a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`.
 */
export function differences(oldValue: unknown, newValue: unknown, limit = 16, steps = 65_536): DifferingPart[] {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot compare two values: limit must be a whole number from 1 up: received ${limit}`);
  }
  if (Object.is(oldValue, newValue)) return [];
  if (!isObject(oldValue) || !isObject(newValue)) return [{ path: [], old: oldValue, new: newValue }];
  const comparison = new Comparison(limit);
  comparison.begin(oldValue, newValue, steps);
  return comparison.differences;
}

/** So many that few comparisons pause; a 32-bit integer, with which counting is fastest. */
const MANY_STEPS = 1 << 29;
