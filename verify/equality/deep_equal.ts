/**
 * Whether two values are equal, and where they differ.
 *
 * @module
 */

import { AssumedPairs } from "./assumed_pairs.ts";
import { type PathSegment, pathTo, type Place } from "./path.ts";
import {
  bytesOf,
  type Content,
  contentOf,
  enumerableKeys,
  homePrototype,
  isEnumerable,
} from "../../src/inspection/object_content.ts";

/** Stands for something that is not there: a key that a map lacks, or a part that a value lacks. */
export const ABSENT: unique symbol = Symbol("absent");

/** A place at which two values differ. */
export interface DifferingPart {
  /** The path to it: properties, indexes, keys of a `Map`, members of a `Set`; empty for the values themselves. */
  readonly path: readonly PathSegment[];
  /** What the old value has there, or {@link ABSENT}. */
  readonly old: unknown;
  /** What the new value has there, or {@link ABSENT}. */
  readonly new: unknown;
}

/**
 * Whether two values are equal in everything that can be seen of them. The rules:
 *
 * - Primitives and functions are compared by `Object.is`: `NaN` equals `NaN`, `-0` is not `0`.
 * - Objects must have the same prototype and the same own enumerable properties, in any order; an absent property is
 *   not an `undefined` one. The built-in classes of another realm, such as a `vm` context or a frame, are the same classes.
 * - Arrays, typed arrays, buffers and `DataView`s must have the same length and elements; a hole is not `undefined`.
 *   Named properties of an array are ignored.
 * - `Map`s and `Set`s must have equal entries, in any order. An object that is a key or a member on both sides is matched
 *   with itself; other objects are matched with equal ones.
 * - Errors must have the same name, message, cause and `errors`; the stack is ignored. `Date`, `RegExp` (with
 *   `lastIndex`), `URL`, `URLSearchParams` and boxed primitives are compared by what they hold.
 * - Any other instance of a class without visible properties is equal only to itself: a `Promise`, a `WeakMap`, an
 *   instance that has only `#private` fields. Private fields beside visible properties are not compared.
 *
 * O(n) in the size of the values. Keys or members that are objects, and not the same objects on both sides, have to be
 * matched: that is still O(n) if both sides have them in the same order, and O(n²) at worst. Cycles are fine, and nesting
 * may be as deep as memory allows; only collections that each hold several such keys or members can overflow the stack.
 *
 * @throws Whatever a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`.
 */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return isObject(a) && isObject(b) && new Comparison(0).run(a, b);
}

/**
 * Where two values differ, by the rules of {@link isDeepEqual}, nearest to the top first. Two objects that meet in several
 * places are only compared in the first one.
 *
 * @param oldValue The old value.
 * @param newValue The new value.
 * @param limit The largest number of differences to return.
 * @returns At most `limit` differences; none if and only if the values are equal.
 * @throws {RangeError} If `limit` is not a whole number from 1 up.
 * @throws Whatever a getter or a trap of a `Proxy` throws, and a `TypeError` for a revoked `Proxy`.
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

type Properties = Readonly<Record<PropertyKey, unknown>>;

/** Pairs of objects are remembered from this many on, which most comparisons never reach. */
const MANY_PAIRS = 100;

/**
 * Compares two objects level by level. Pairs wait in a queue rather than on the stack, so that depth does not matter.
 */
class Comparison {
  /** How many differences to collect; with 0, the comparison only finds out whether there is one. */
  readonly #limit: number;
  #differences: DifferingPart[] | undefined;
  #equal = true;
  #ended = false;
  /** The waiting pairs: for each, two objects and their place. */
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

  /** Whether two objects are equal. Call it once. */
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
    if (!isSamePrototype(prototype, Object.getPrototypeOf(b))) return this.#differ(a, b);
    if (prototype === Object.prototype || prototype === null) return this.#compareProperties(a, b);
    const content = contentOf(prototype);
    if (content !== undefined) return this.#compareContents(a, b, content);
    const isHidden = enumerableKeys(a).length + enumerableKeys(b).length === 0;
    if (isHidden && homePrototype(prototype) !== Object.prototype) return this.#differ(a, b);
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

  /** Where there is one hole there may be millions, so from here on only existing elements are visited. */
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

  /** Pairs up equal objects, and returns the others. */
  #match<T extends object>(a: readonly T[], b: readonly T[]): { a: Iterable<T>; b: Iterable<T> } {
    if (this.#ended) return { a: [], b: [] };
    if (this.#limit === 0 && a.length !== b.length) return { a, b };
    if (this.#limit === 0 && a.length === 1) {
      // There is no choice, so the two can wait in the queue. This keeps deep nesting off the stack.
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

/** The properties of an error that are compared even if they are not enumerable. */
const ERROR_PROPERTIES = ["name", "message", "cause", "errors"] as const;

/** The methods of a subclass may have effects, as those of a cache do; so those of `Map` and `Set` are called. */
const mapMethods = Map.prototype as Pick<Map<unknown, unknown>, "entries" | "get" | "has">;
const setMethods = Set.prototype as Pick<Set<unknown>, "values" | "has">;

/** Whether two prototypes are the same, or belong to the same built-in class in two realms. */
function isSamePrototype(a: object | null, b: object | null): boolean {
  return a === b || homePrototype(a) === homePrototype(b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function propertyOf(object: object, key: string): unknown {
  return key in object ? (object as Properties)[key] : ABSENT;
}

function elementOf(array: ArrayLike<unknown>, index: number): unknown {
  return Object.hasOwn(array, index) ? array[index] : ABSENT;
}
