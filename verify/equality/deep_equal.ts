/** Whether two values are equal, and where they differ.
 *
 * @module
 */

import { AssumedPairs } from "./assumed_pairs.ts";
import { bytesOf, type Content, CONTENTS, enumerableKeys, isEnumerable } from "../../src/inspection/object_content.ts";

/** One step on the way from a value to a part of it. */
export type PathSegment =
  | { readonly kind: "property"; readonly key: string | symbol }
  | { readonly kind: "index"; readonly key: number }
  | { readonly kind: "key" | "member"; readonly key: unknown };

/** Stands for what is not there: for a key that a map does not have, or a part that a value does not have. */
export const ABSENT: unique symbol = Symbol("absent");

/** A place at which two values differ. */
export interface DifferingPart {
  /** The way there: properties, indexes, keys of a `Map`, members of a `Set`; empty for the values themselves. */
  readonly path: readonly PathSegment[];
  /** What the old value has there, or {@link ABSENT}. */
  readonly old: unknown;
  /** What the new value has there, or {@link ABSENT}. */
  readonly new: unknown;
}

/**
 * Whether two values are equal in everything that can be seen of them.
 *
 * - Primitives and functions are equal to themselves, as `Object.is` has it: `NaN` equals `NaN`, `-0` is not `0`.
 * - Objects must have the same prototype and the same own enumerable properties, in any order; an absent property is
 *   not an `undefined` one.
 * - Arrays, typed arrays, buffers and `DataView`s must have the same length and elements; a hole is not `undefined`.
 *   Named properties of an array are not looked at.
 * - `Map`s and `Set`s must have equal entries, in any order. An object that is a key of both, or a member of both, stands
 *   for itself; others are matched by being equal.
 * - Errors must have the same name, message, cause and `errors`; the stack is not looked at. `Date`, `RegExp` (with
 *   `lastIndex`), `URL`, `URLSearchParams` and boxed primitives go by what they hold.
 * - Any other object of a class, none of whose own properties can be seen, is equal to itself only: a `Promise`, a
 *   `WeakMap`, an instance with nothing but `#private` fields. Private fields beside visible ones stay unseen.
 *
 * O(n) in the size of the values. Objects as keys or members that are not the same on both sides are searched for: O(n)
 * still if both have them in the same order, O(n²) at worst. Cycles end, and nesting may be as deep as memory allows;
 * only collections that each hold several such keys or members can be nested too deep for the stack.
 *
 * @throws What a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`. Then nothing is known.
 */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return isObject(a) && isObject(b) && new Comparison(0).run(a, b);
}

/**
 * Where two values differ, by the rules of {@link isDeepEqual}: the places nearest to the top come first. Two objects
 * that meet in several places are compared in the first one only.
 *
 * @param oldValue The old value.
 * @param newValue The new value.
 * @param limit How many differences are enough.
 * @returns The differences, at most `limit`; none exactly if the values are equal.
 * @throws {RangeError} If `limit` is not a whole number from 1 up.
 * @throws What a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`. Then nothing is known.
 */
export function differences(oldValue: unknown, newValue: unknown, limit = 16): DifferingPart[] {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot compare two values: limit must be a whole number from 1 up: received ${limit}`);
  }
  if (Object.is(oldValue, newValue)) return [];
  if (!isObject(oldValue) || !isObject(newValue)) return [{ path: [], old: oldValue, new: newValue }];
  const comparison = new Comparison(limit);
  comparison.run(oldValue, newValue);
  return comparison.differences;
}

/** A path, as a list that is linked from its end, so that none is built unless there is a difference. */
interface Place {
  readonly parent: Place | undefined;
  readonly segment: PathSegment;
}

type Properties = Readonly<Record<PropertyKey, unknown>>;

/** How many pairs of objects are compared before they are remembered: most comparisons never get there. */
const MANY_PAIRS = 100;

/**
 * Compares two objects level by level. The pairs that wait are kept in a queue rather than on the stack, so that depth
 * is no matter.
 */
class Comparison {
  /** How many differences to collect; with 0 it is enough to know that there is one. */
  readonly #limit: number;
  #differences: DifferingPart[] | undefined;
  #equal = true;
  #ended = false;
  /** The pairs that wait: two objects and their place, one after the other. */
  #queue: unknown[] | undefined;
  #place: Place | undefined;
  #pairs = 0;
  #assumed: AssumedPairs | undefined;

  constructor(limit: number, assumed?: AssumedPairs) {
    this.#limit = limit;
    this.#assumed = assumed;
  }

  get differences(): DifferingPart[] {
    return this.#differences ?? [];
  }

  /** Whether two objects are equal. To be called once. */
  run(a: object, b: object): boolean {
    this.#compareObjects(a, b);
    if (this.#queue === undefined) return this.#equal;
    for (let next = 0; next < this.#queue.length && !this.#ended; next += 3) {
      this.#place = this.#queue[next + 2] as Place | undefined;
      this.#compareObjects(this.#queue[next] as object, this.#queue[next + 1] as object);
    }
    return this.#equal;
  }

  #compareObjects(a: object, b: object): void {
    if (this.#assumed !== undefined) {
      if (!this.#assumed.add(a, b)) return;
    } else if (++this.#pairs > MANY_PAIRS || this.#limit > 0) {
      this.#assumed = new AssumedPairs();
      this.#assumed.add(a, b);
    }
    const prototype = Object.getPrototypeOf(a);
    if (prototype !== Object.getPrototypeOf(b)) return this.#differ(a, b);
    if (prototype === Object.prototype || prototype === null) return this.#compareProperties(a, b);
    for (let ancestor = prototype; ancestor !== null; ancestor = Object.getPrototypeOf(ancestor)) {
      const content = CONTENTS.get(ancestor);
      if (content !== undefined) return this.#compareContents(a, b, content);
    }
    if (enumerableKeys(a).length + enumerableKeys(b).length === 0) return this.#differ(a, b);
    this.#compareProperties(a, b);
  }

  #compareContents(a: object, b: object, content: Content): void {
    switch (content) {
      case "elements":
        return this.#compareElements(a as unknown[], b as unknown[]);
      case "bytes":
        return this.#compareElements(bytesOf(a as ArrayBuffer), bytesOf(b as ArrayBuffer));
      case "entries":
        return this.#compareMaps(a, b);
      case "members":
        return this.#compareSets(a, b);
      case "error":
        for (const key of ERROR_PROPERTIES) {
          if (!isEnumerable(a, key)) this.#compare(propertyOf(a, key), propertyOf(b, key), "property", key);
        }
        return this.#compareProperties(a, b);
      default:
        if (!Object.is(content(a), content(b))) return this.#differ(a, b);
        return this.#compareProperties(a, b);
    }
  }

  #compareProperties(a: object, b: object): void {
    const aKeys = enumerableKeys(a);
    const bKeys = enumerableKeys(b);
    for (let i = 0; i < aKeys.length && !this.#ended; i++) {
      const key = aKeys[i] as string;
      const there = key === bKeys[i] || isEnumerable(b, key);
      this.#compare((a as Properties)[key], there ? (b as Properties)[key] : ABSENT, "property", key);
    }
    if (this.#equal && aKeys.length === bKeys.length) return;
    for (const key of bKeys) {
      if (!isEnumerable(a, key)) this.#compare(ABSENT, (b as Properties)[key], "property", key);
    }
  }

  #compareElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
    if (a.length !== b.length) this.#compare(a.length, b.length, "property", "length");
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length && !this.#ended; i++) {
      const x = a[i];
      const y = b[i];
      if (x !== undefined && y !== undefined) this.#compare(x, y, "index", i);
      else if (Object.hasOwn(a, i) || Object.hasOwn(b, i)) this.#compare(elementOf(a, i), elementOf(b, i), "index", i);
      else return this.#compareSparse(a, b, i, length);
    }
  }

  /** Where there is one hole there may be millions: from here on, only the elements that exist are visited. */
  #compareSparse(a: ArrayLike<unknown>, b: ArrayLike<unknown>, start: number, end: number): void {
    for (const i of new Set([...Object.keys(a), ...Object.keys(b)].map(Number))) {
      if (i > start && i < end) this.#compare(elementOf(a, i), elementOf(b, i), "index", i);
    }
  }

  #compareMaps(a: object, b: object): void {
    const onlyInA: [unknown, unknown][] = [];
    const onlyInB: [unknown, unknown][] = [];
    for (const [key, value] of mapMethods.entries.call(a)) {
      if (this.#ended) return;
      if (mapMethods.has.call(b, key)) this.#compare(value, mapMethods.get.call(b, key), "key", key);
      else if (isObject(key)) onlyInA.push([key, value]);
      else this.#compare(value, ABSENT, "key", key);
    }
    for (const [key, value] of mapMethods.entries.call(b)) {
      if (mapMethods.has.call(a, key)) continue;
      if (isObject(key)) onlyInB.push([key, value]);
      else this.#compare(ABSENT, value, "key", key);
    }
    const unmatched = this.#match(onlyInA, onlyInB);
    for (const [key, value] of unmatched.a) this.#compare(value, ABSENT, "key", key);
    for (const [key, value] of unmatched.b) this.#compare(ABSENT, value, "key", key);
  }

  #compareSets(a: object, b: object): void {
    const onlyInA: object[] = [];
    const onlyInB: object[] = [];
    for (const member of setMethods.values.call(a)) {
      if (this.#ended) return;
      if (setMethods.has.call(b, member)) continue;
      if (isObject(member)) onlyInA.push(member);
      else this.#compare(member, ABSENT, "member", member);
    }
    for (const member of setMethods.values.call(b)) {
      if (setMethods.has.call(a, member)) continue;
      if (isObject(member)) onlyInB.push(member);
      else this.#compare(ABSENT, member, "member", member);
    }
    const unmatched = this.#match(onlyInA, onlyInB);
    for (const member of unmatched.a) this.#compare(member, ABSENT, "member", member);
    for (const member of unmatched.b) this.#compare(ABSENT, member, "member", member);
  }

  /** Pairs those that are equal, and returns the others. */
  #match<T extends object>(a: readonly T[], b: readonly T[]): { a: Iterable<T>; b: Iterable<T> } {
    if (this.#ended) return { a: [], b: [] };
    if (this.#limit === 0 && a.length !== b.length) return { a, b };
    if (this.#limit === 0 && a.length === 1) {
      // There is no choice, so the two can wait in the queue: this is what keeps deep nesting off the stack.
      this.#compare(a[0], b[0], "member", a[0]);
      return { a: [], b: [] };
    }
    const free = new Set(b);
    const unmatched = a.filter((x) => {
      for (const y of free) {
        if (this.#wouldBeEqual(x, y)) return !free.delete(y);
      }
      return true;
    });
    return { a: unmatched, b: free };
  }

  #wouldBeEqual(a: object, b: object): boolean {
    this.#assumed ??= new AssumedPairs();
    const before = this.#assumed.size;
    const equal = new Comparison(0, this.#assumed).run(a, b);
    if (!equal) this.#assumed.cutTo(before);
    return equal;
  }

  #compare(x: unknown, y: unknown, kind: PathSegment["kind"], key: unknown): void {
    if (Object.is(x, y)) return;
    const place = this.#limit === 0 ? undefined : { parent: this.#place, segment: { kind, key } as PathSegment };
    if (isObject(x) && isObject(y)) (this.#queue ??= []).push(x, y, place);
    else this.#differ(x, y, place);
  }

  #differ(x: unknown, y: unknown, place: Place | undefined = this.#place): void {
    this.#equal = false;
    if (this.#limit > 0) (this.#differences ??= []).push({ path: pathTo(place), old: x, new: y });
    this.#ended = (this.#differences?.length ?? 0) >= this.#limit;
  }
}

/** What an error shows though it is not enumerable. */
const ERROR_PROPERTIES = ["name", "message", "cause", "errors"] as const;

/** A subclass may do more on a look than to look, as a cache does; it is compared by what `Map` and `Set` have of it. */
const mapMethods = Map.prototype as Pick<Map<unknown, unknown>, "entries" | "get" | "has">;
const setMethods = Set.prototype as Pick<Set<unknown>, "values" | "has">;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function propertyOf(object: object, key: string): unknown {
  return key in object ? (object as Properties)[key] : ABSENT;
}

function elementOf(array: ArrayLike<unknown>, index: number): unknown {
  return Object.hasOwn(array, index) ? array[index] : ABSENT;
}

function pathTo(place: Place | undefined): PathSegment[] {
  const path: PathSegment[] = [];
  for (let at = place; at !== undefined; at = at.parent) path.push(at.segment);
  return path.reverse();
}
