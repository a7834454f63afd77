import { ABSENT } from "./absent.ts";
import { AssumedPairs } from "./assumed_pairs.ts";
import { COLLECTIONS } from "./collections.ts";
import { compareArrays, compareTypedArrays } from "./elements.ts";
import { compareCollections } from "./matching.ts";
import { type PathSegment, pathTo, type Place } from "./path.ts";
import { compareStretch, type Ongoing, type Work } from "./work.ts";
import { isTypedArray } from "../inspection/brands.ts";
import {
  bytesOf,
  type Content,
  contentOf,
  enumerableKeys,
  homePrototype,
  isEnumerable,
} from "../inspection/object_content.ts";

/** A place at which two values differ. */
export interface DifferingPart {
  /** The path to it: properties, indexes, keys of a `Map`, members of a `Set`; empty for the values themselves. */
  readonly path: readonly PathSegment[];
  /** What the old value has there, or {@link ABSENT}. */
  readonly old: unknown;
  /** What the new value has there, or {@link ABSENT}. */
  readonly new: unknown;
}

/** Pairs of objects are remembered from this many on, which most comparisons never reach. */
const MANY_PAIRS = 100;

/** How many steps a pair of objects takes, beside those for its parts: to remember it takes memory. */
const STEPS_A_PAIR = 8;

/** How many characters are compared in one step. */
const CHARACTERS_A_STEP = 1_024;

/** What is still to be compared: of the two values, or of two objects that are tried for a match meanwhile. */
class Agenda {
  /** How many differences to collect. */
  readonly limit: number;
  /** The waiting pairs: for each, two objects or long strings, and their place. */
  readonly queue: unknown[] = [];
  next = 0;
  /** The place of the pair that is being compared. */
  place: Place | undefined;
  /** What is left to do for that pair. */
  work: Work | undefined;
  /** What goes on after the trial, if this is one. */
  readonly outer: Agenda | undefined;
  /** How many pairs were assumed to be equal before. */
  readonly assumed: number;

  constructor(limit: number, outer: Agenda | undefined, assumed: number) {
    this.limit = limit;
    this.outer = outer;
    this.assumed = assumed;
  }
}

/**
 * Compares two objects level by level, a number of steps at a time. Pairs wait in a queue rather than on the stack, so that
 * depth does not matter. An object that takes more steps than are left becomes {@link Work}, which goes on after a pause.
 */
export class Comparison implements Ongoing {
  /** How many differences to collect; with 0, the comparison only finds out whether there is one. */
  #limit: number;
  left = 0;
  isEnded = false;
  #differences: DifferingPart[] | undefined;
  /** Absent as long as nothing had to wait. */
  #agenda: Agenda | undefined;
  #assumed: AssumedPairs | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get locates(): boolean {
    return this.#limit > 0;
  }

  /** The differences that were found so far. */
  get differences(): DifferingPart[] {
    return this.#differences ?? [];
  }

  get #isEqual(): boolean {
    return !this.isEnded && this.#differences === undefined;
  }

  /**
   * Begins to compare two objects. Call it once.
   *
   * @param steps After about so many steps it pauses.
   * @returns Whether the objects are equal, or the comparison itself if that is not known yet.
   */
  begin(a: object, b: object, steps: number): boolean | this {
    this.left = steps;
    this.#compareObjects(a, b);
    return this.#agenda === undefined ? this.#isEqual : this.#goOn();
  }

  /** Goes on after a pause, as {@link begin} does. */
  goOn(steps: number): boolean | this {
    // The last step may have taken more than was left.
    this.left = Math.min(this.left, 0) + steps;
    return this.#goOn();
  }

  #goOn(): boolean | this {
    for (;;) {
      const agenda = this.#agenda as Agenda;
      if (this.isEnded || (agenda.work === undefined && agenda.next === agenda.queue.length)) {
        if (agenda.outer === undefined) return this.#isEqual;
        this.#endTrial(agenda, agenda.outer);
      } else if (this.left <= 0) return this;
      else if (agenda.work !== undefined) this.#doWork(agenda, agenda.work, true);
      else this.#compareNext(agenda);
    }
  }

  #compareNext(agenda: Agenda): void {
    const { queue, next } = agenda;
    agenda.next = next + 3;
    agenda.place = queue[next + 2] as Place | undefined;
    const a = queue[next] as object | string;
    const b = queue[next + 1] as object | string;
    if (typeof a !== "string") return this.#compareObjects(a, b as object);
    this.left -= Math.ceil(a.length / CHARACTERS_A_STEP);
    if (a !== b) this.#differ(a, b);
  }

  /** @param answer Whether the two objects are equal that the work has yielded, if it has. */
  #doWork(agenda: Agenda, work: Work, answer: boolean): void {
    const { done, value } = work.next(answer);
    if (done) agenda.work = value as Work | undefined;
    else if (value !== undefined) this.#beginTrial(agenda, value as readonly [object, object]);
  }

  #beginTrial(outer: Agenda, pair: readonly [object, object]): void {
    this.#assumed ??= new AssumedPairs();
    this.#agenda = new Agenda(0, outer, this.#assumed.size);
    this.#agenda.queue.push(pair[0], pair[1], undefined);
    this.#limit = 0;
  }

  #endTrial(trial: Agenda, outer: Agenda): void {
    const areEqual = !this.isEnded;
    if (!areEqual) this.#assumed?.cutTo(trial.assumed);
    this.#agenda = outer;
    this.#limit = outer.limit;
    this.isEnded = false;
    this.#doWork(outer, outer.work as Work, areEqual);
  }

  #compareObjects(a: object, b: object): void {
    this.left -= STEPS_A_PAIR;
    if (this.#assumed !== undefined) {
      if (!this.#assumed.add(a, b)) return;
    } else if ((this.#agenda?.next ?? 0) > 3 * MANY_PAIRS || this.#limit > 0) {
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
        if (isTypedArray(a)) return this.#goOnWith(compareTypedArrays(this, a, b as Uint8Array));
        return this.#goOnWith(compareArrays(this, a as unknown[], b as unknown[]));
      case "bytes":
        return this.#goOnWith(compareTypedArrays(this, bytesOf(a as ArrayBuffer), bytesOf(b as ArrayBuffer)));
      case "entries":
      case "members":
        return this.#goOnWith(compareCollections(this, a, b, COLLECTIONS[content]));
      case "error":
        for (const key of ERROR_PROPERTIES) {
          if (!isEnumerable(a, key)) this.compare(propertyOf(a, key), propertyOf(b, key), "property", key);
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
    if (this.#limit === 0 && aKeys.length !== bKeys.length) return this.#differ(a, b);
    const count = this.#limit === 0 ? aKeys.length : aKeys.length + bKeys.length;
    if (count > this.left) return this.#compareManyProperties(a, b, aKeys, bKeys, count);
    this.left -= count;
    this.#compareSomeProperties(a, b, aKeys, bKeys, 0, count);
  }

  #compareManyProperties(a: object, b: object, aKeys: PropertyKey[], bKeys: PropertyKey[], count: number): void {
    // To list so many took long: the next step comes after a pause.
    this.left = 0;
    const compare = (from: number, to: number) => this.#compareSomeProperties(a, b, aKeys, bKeys, from, to);
    this.#goOnWith(compareStretch(this, count, 1, compare));
  }

  /** Compares those from `from` to `to` of the properties of `a`, followed by those of `b`. */
  #compareSomeProperties(
    a: object,
    b: object,
    aKeys: readonly PropertyKey[],
    bKeys: readonly PropertyKey[],
    from: number,
    to: number,
  ): void {
    const count = aKeys.length;
    for (let i = from; i < to && !this.isEnded; i++) {
      if (i < count) {
        const key = aKeys[i] as string;
        const there = key === bKeys[i] || isEnumerable(b, key);
        this.compare((a as Properties)[key], there ? (b as Properties)[key] : ABSENT, "property", key);
      } else {
        const key = bKeys[i - count] as string;
        if (!isEnumerable(a, key)) this.compare(ABSENT, (b as Properties)[key], "property", key);
      }
    }
  }

  compare(x: unknown, y: unknown, kind: PathSegment["kind"], key: unknown): void {
    if (typeof x === "string" && x.length >= CHARACTERS_A_STEP && this.#compareLongString(x, y)) return;
    if (Object.is(x, y)) return;
    const place = this.#limit === 0
      ? undefined
      : { parent: this.#agenda?.place, segment: { kind, key } as PathSegment };
    if (isObject(x) && isObject(y)) (this.#agenda ??= this.#newAgenda()).queue.push(x, y, place);
    else this.#differ(x, y, place);
  }

  /** Has a long string wait in the queue, and returns `true`, unless places are wanted: they are found in order. */
  #compareLongString(x: string, y: unknown): boolean {
    if (this.#limit > 0 || typeof y !== "string") return false;
    (this.#agenda ??= this.#newAgenda()).queue.push(x, y, undefined);
    return true;
  }

  #goOnWith(work: Work | undefined): void {
    if (work !== undefined) (this.#agenda ??= this.#newAgenda()).work = work;
  }

  #newAgenda(): Agenda {
    return new Agenda(this.#limit, undefined, 0);
  }

  #differ(x: unknown, y: unknown, place: Place | undefined = this.#agenda?.place): void {
    if (this.#limit > 0) (this.#differences ??= []).push({ path: pathTo(place), old: x, new: y });
    this.isEnded = (this.#differences?.length ?? 0) >= this.#limit;
  }
}

type Properties = Readonly<Record<PropertyKey, unknown>>;

/** The properties of an error that are compared even if they are not enumerable. */
const ERROR_PROPERTIES = ["name", "message", "cause", "errors"] as const;

/** Whether two prototypes are the same, or belong to the same built-in class in two realms. */
function isSamePrototype(a: object | null, b: object | null): boolean {
  return a === b || homePrototype(a) === homePrototype(b);
}

/** Whether a value is an object, and no function. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function propertyOf(object: object, key: string): unknown {
  return key in object ? (object as Properties)[key] : ABSENT;
}
