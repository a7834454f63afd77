import { TYPED_ARRAYS } from "../typed_arrays.ts";
import { countProperties, hiddenProperty, isPlainArray, isPlainObject, kindOf, pathStep } from "./value_kinds.ts";

/** A part of a value that a codec would change or leave out. */
export interface Loss {
  /** How the value leads to it; empty if it is the value itself. */
  readonly path: string;
  readonly what: string;
}

/** What a codec keeps. All keep plain objects, arrays, strings, booleans, `null` and finite numbers other than -0. */
export interface Keeps {
  /** Whether it keeps such a primitive: `undefined`, a bigint, or a number that is not finite or is -0. */
  readonly primitive: (value: unknown) => boolean;
  /** Whether it keeps surrogates that are not in pairs. */
  readonly loneSurrogates: boolean;
  /** Whether it keeps a property called `__proto__`. */
  readonly protoProperties: boolean;
  /** Whether it keeps it that several places refer to one object, and with it objects that contain themselves. */
  readonly identity: boolean;
  /** The prototypes of the other objects that it keeps. */
  readonly prototypes: ReadonlySet<unknown>;
  /** The largest length of all arrays with holes together. */
  readonly maxSparseLength: number;
  /** How deep objects may be nested: what is read recursively must not depend on how much of the stack is left. */
  readonly maxDepth: number;
}

/** The first part of a value that a codec which keeps this much would change or leave out, if there is one. */
export function lossOf(value: unknown, keeps: Keeps): Loss | undefined {
  return new Search(keeps).in(value);
}

class Search {
  readonly #keeps: Keeps;
  readonly #ancestors: object[] = [];
  readonly #visited: Set<object> | undefined;
  #sparseLength = 0;

  constructor(keeps: Keeps) {
    this.#keeps = keeps;
    this.#visited = keeps.identity ? new Set() : undefined;
  }

  in(value: unknown): Loss | undefined {
    if (this.#isKept(value)) return undefined;
    if (typeof value === "string") return { path: "", what: "a string with a lone surrogate" };
    if (typeof value === "object") return this.#inObject(value as object);
    return this.#keeps.primitive(value) ? undefined : { path: "", what: kindOf(value) };
  }

  /** Whether a value is one of the primitives that most codecs keep. Asked before each call of `in`, which takes longer. */
  #isKept(value: unknown): boolean {
    if (typeof value === "string") return this.#keepsText(value);
    if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
    return typeof value === "boolean" || value === null;
  }

  #keepsText(text: string): boolean {
    return this.#keeps.loneSurrogates || text.isWellFormed();
  }

  #inObject(value: object): Loss | undefined {
    if (this.#visited === undefined) {
      if (this.#ancestors.includes(value)) return { path: "", what: "an object that contains itself" };
    } else {
      if (this.#visited.has(value)) return undefined;
      this.#visited.add(value);
    }
    if (this.#ancestors.length === this.#keeps.maxDepth) {
      return { path: "", what: `nested more than ${this.#keeps.maxDepth} deep` };
    }
    this.#ancestors.push(value);
    const loss = isPlainArray(value)
      ? this.#inArray(value)
      : isPlainObject(value)
      ? this.#inProperties(value as Record<string, unknown>)
      : this.#inOther(value);
    this.#ancestors.pop();
    return loss;
  }

  #inArray(array: readonly unknown[]): Loss | undefined {
    // Each element and `length`: if there are more or fewer, some are missing, or there are other properties.
    if (countProperties(array) !== array.length + 1) {
      const hidden = hiddenProperty(array);
      if (hidden !== undefined) return { path: pathStep(hidden), what: "a property of an array" };
      this.#sparseLength += array.length;
      if (this.#sparseLength > this.#keeps.maxSparseLength) return this.#inSparse(array);
    }
    for (let at = 0; at < array.length; at++) {
      const element = array[at];
      if (this.#isKept(element)) continue;
      const loss = this.in(element);
      if (loss !== undefined) return { path: pathStep(at) + loss.path, what: loss.what };
    }
    return undefined;
  }

  #inSparse(array: readonly unknown[]): Loss {
    const { maxSparseLength } = this.#keeps;
    if (maxSparseLength > 0) return { path: "", what: `an array with holes, longer than ${maxSparseLength}` };
    return { path: pathStep(array.findIndex((_, at) => !Object.hasOwn(array, at))), what: "missing" };
  }

  #inProperties(object: Record<string, unknown>): Loss | undefined {
    const keys = Object.keys(object);
    if (countProperties(object) !== keys.length) {
      return { path: pathStep(hiddenProperty(object) as string), what: "a hidden property" };
    }
    for (const key of keys) {
      const value = object[key];
      const loss = this.#inKey(key) ?? (this.#isKept(value) ? undefined : this.in(value));
      if (loss !== undefined) return { path: pathStep(key) + loss.path, what: loss.what };
    }
    return undefined;
  }

  #inKey(key: string): Loss | undefined {
    if (key === "__proto__" && !this.#keeps.protoProperties) return { path: "", what: "a property called __proto__" };
    return this.#keepsText(key) ? undefined : { path: "", what: "a property whose name has a lone surrogate" };
  }

  #inOther(object: object): Loss | undefined {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (!this.#keeps.prototypes.has(prototype)) return { path: "", what: kindOf(object) };
    if (prototype === null) return this.#inProperties(object as Record<string, unknown>);
    if (ArrayBuffer.isView(object)) return this.#inView(object);
    const hidden = hiddenProperty(object);
    if (hidden !== undefined) return { path: pathStep(hidden), what: "a hidden property" };
    if (object instanceof Map) return this.#inMap(object);
    if (object instanceof Set) return this.#inSet(object);
    if (object instanceof RegExp && object.lastIndex !== 0) return { path: ".lastIndex", what: "not 0" };
    return undefined;
  }

  #inView({ buffer }: ArrayBufferView): Loss | undefined {
    return Object.getPrototypeOf(buffer) === ArrayBuffer.prototype
      ? undefined
      : { path: ".buffer", what: kindOf(buffer) };
  }

  #inMap(map: Map<unknown, unknown>): Loss | undefined {
    let at = 0;
    for (const entry of map) {
      for (const part of [0, 1] as const) {
        const loss = this.in(entry[part]);
        if (loss !== undefined) return { path: `.entries()[${at}][${part}]${loss.path}`, what: loss.what };
      }
      at++;
    }
    return undefined;
  }

  #inSet(set: Set<unknown>): Loss | undefined {
    let at = 0;
    for (const member of set) {
      const loss = this.in(member);
      if (loss !== undefined) return { path: `.values()[${at}]${loss.path}`, what: loss.what };
      at++;
    }
    return undefined;
  }
}

/** The prototypes of the built-in objects that a codec for more than JSON keeps: what the platform clones, but for errors. */
export const BUILT_INS: ReadonlySet<unknown> = new Set<unknown>(
  [Map, Set, Date, RegExp, ArrayBuffer, ...TYPED_ARRAYS].map((type) => type.prototype),
);
