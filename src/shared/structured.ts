import { type Codec, UnencodableError } from "../stores/codec.ts";
import { hiddenProperty, isPlainArray, isPlainObject, kindOf, pathStep } from "../stores/value_kinds.ts";
import { TYPED_ARRAYS, type TypedArrayClass } from "../typed_arrays.ts";

/**
 * A codec for values that JSON would lose. It takes what JSON takes, and `undefined`, `NaN`, infinities, `-0`, bigints, `Map`, `Set`,
 * `Date`, `RegExp`, `ArrayBuffer`, typed arrays, arrays with holes, objects without a prototype, objects that several places refer
 * to, and objects that contain themselves. It refuses everything else, with a `TypeError` that says where it is: functions,
 * symbols, promises, instances of other classes.
 *
 * Objects with the same properties in another order, and sets and maps with the same members in another order, are encoded
 * differently: `compareAndSet` and `compareAndDelete` tell them apart.
 *
 * @example
 * ```ts
 * import { SharedMap, structured } from "@twinmap/twinmap/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const posts = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20, codec: structured });
 * posts.set("a", { tags: new Set(["new"]), at: new Date(0) });
 * assertEquals(posts.get("a"), { tags: new Set(["new"]), at: new Date(0) });
 * ```
 */
export const structured: Codec<unknown> = {
  name: "structured",
  encode: (value) => new Writer().text(value),
  decode: (encoded) => read(JSON.parse(encoded as string)),
};

/**
 * How a value is written where it occurs. Strings, booleans, `null` and most numbers are themselves. `[n]` is the object that row n
 * describes, `[name]` one of the `CONSTANTS`, and `["bigint", digits]` a bigint.
 */
type Slot = string | number | boolean | null | readonly (string | number)[];

/** What an object is, and what it consists of. */
type Row = readonly [kind: string, ...parts: Slot[]];

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

type TypedArray = InstanceType<TypedArrayClass>;

const typedArrays: ReadonlyMap<unknown, TypedArrayClass> = new Map(
  TYPED_ARRAYS.map((type) => [type.prototype, type]),
);

/** An object that was met, and where: `step` leads to it from the object that the row `parent` describes. */
interface Met {
  readonly object: object;
  readonly parent: number;
  readonly step: string;
}

/** Writes one value. */
class Writer {
  readonly #met: Met[] = [];
  readonly #rows = new Map<object, number>();

  text(value: unknown): string {
    const root = this.#slot(value, -1, "");
    const rows: Row[] = [];
    // Rows are written one after the other, so that the depth of a value is not limited by the stack.
    for (let at = 0; at < this.#met.length; at++) rows.push(this.#row((this.#met[at] as Met).object, at));
    return JSON.stringify([root, ...rows]);
  }

  #slot(value: unknown, parent: number, step: string): Slot {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0) ? value : [kindOf(value)];
      case "undefined":
        return ["undefined"];
      case "bigint":
        return ["bigint", String(value)];
      case "object":
        return value === null ? null : [this.#rowOf(value, parent, step)];
      default:
        return this.#refuse(parent, step, kindOf(value));
    }
  }

  #rowOf(object: object, parent: number, step: string): number {
    const known = this.#rows.get(object);
    if (known !== undefined) return known;
    this.#rows.set(object, this.#met.length);
    return this.#met.push({ object, parent, step }) - 1;
  }

  #row(object: object, at: number): Row {
    if (isPlainArray(object)) return this.#arrayRow(object, at);
    const prototype = Object.getPrototypeOf(object);
    if (prototype === null || isPlainObject(object)) return this.#objectRow(object as Record<string, unknown>, at);
    if (typedArrays.has(prototype)) return [prototype.constructor.name, base64(object as TypedArray)];
    const row = this.#builtInRow(object, prototype, at);
    this.#checkHidden(object, at);
    return row;
  }

  #builtInRow(object: object, prototype: unknown, at: number): Row {
    switch (prototype) {
      case Map.prototype: {
        const parts = [...object as Map<unknown, unknown>].flat();
        return ["Map", ...parts.map((part, i) => this.#slot(part, at, `.entries()[${i >> 1}][${i & 1}]`))];
      }
      case Set.prototype:
        return ["Set", ...[...object as Set<unknown>].map((part, i) => this.#slot(part, at, `.values()[${i}]`))];
      case Date.prototype:
        return ["Date", this.#slot((object as Date).getTime(), at, "")];
      case RegExp.prototype:
        return ["RegExp", (object as RegExp).source, (object as RegExp).flags];
      case ArrayBuffer.prototype:
        return ["ArrayBuffer", base64(new Uint8Array(object as ArrayBuffer))];
      default:
        return this.#refuse(at, "", kindOf(object));
    }
  }

  #arrayRow(array: readonly unknown[], at: number): Row {
    this.#checkHidden(array, at);
    const indices = Object.keys(array);
    if (indices.length === array.length) {
      return ["Array", ...array.map((element, i) => this.#slot(element, at, pathStep(i)))];
    }
    const parts = indices.flatMap((i) => [Number(i), this.#slot(array[Number(i)], at, pathStep(Number(i)))]);
    return ["SparseArray", array.length, ...parts];
  }

  #objectRow(object: Record<string, unknown>, at: number): Row {
    this.#checkHidden(object, at);
    const parts = Object.keys(object).flatMap((key) => [key, this.#slot(object[key], at, pathStep(key))]);
    return [Object.getPrototypeOf(object) === null ? "NullObject" : "Object", ...parts];
  }

  /** Refuses a property that the row would leave out. */
  #checkHidden(object: object, at: number): void {
    const hidden = hiddenProperty(object);
    if (hidden !== undefined) this.#refuse(at, pathStep(hidden), "a hidden property");
  }

  #refuse(parent: number, step: string, what: string): never {
    let path = step;
    for (let at = parent; at >= 0;) {
      const met = this.#met[at] as Met;
      path = met.step + path;
      at = met.parent;
    }
    throw new UnencodableError(path, what, "the codec structured does not take it");
  }
}

/** Makes a value of its slot and its rows: all objects first, since each may refer to any other, and then what they consist of. */
function read([root, ...rows]: [Slot, ...Row[]]): unknown {
  const objects = rows.map(made);
  const valueOf = (slot: Slot): unknown => {
    if (!Array.isArray(slot)) return slot;
    const [first, digits] = slot;
    if (typeof first === "number") return objects[first];
    return first === "bigint" ? BigInt(digits) : CONSTANTS.get(first);
  };
  for (const [at, row] of rows.entries()) fill(objects[at] as object, row, valueOf);
  return valueOf(root);
}

/** The object that a row describes, without what may refer to others. */
function made([kind, first, second]: Row): object {
  switch (kind) {
    case "Object":
      return {};
    case "NullObject":
      return Object.create(null);
    case "Array":
    case "SparseArray":
      return [];
    case "Map":
      return new Map();
    case "Set":
      return new Set();
    case "Date":
      return new Date(typeof first === "number" ? first : NaN);
    case "RegExp":
      return new RegExp(first as string, second as string);
  }
  const { buffer } = bytesOf(first as string);
  if (kind === "ArrayBuffer") return buffer;
  const type = TYPED_ARRAYS.find(({ name }) => name === kind) as typeof TYPED_ARRAYS[number];
  return new type(buffer);
}

function fill(object: object, [kind, ...parts]: Row, valueOf: (slot: Slot) => unknown): void {
  switch (kind) {
    case "Object":
    case "NullObject":
      for (let at = 0; at < parts.length; at += 2) {
        setOwn(object as Record<string, unknown>, parts[at] as string, valueOf(parts[at + 1] as Slot));
      }
      break;
    case "Array":
      for (const part of parts) (object as unknown[]).push(valueOf(part));
      break;
    case "SparseArray":
      (object as unknown[]).length = parts[0] as number;
      for (let at = 1; at < parts.length; at += 2) {
        (object as unknown[])[parts[at] as number] = valueOf(parts[at + 1] as Slot);
      }
      break;
    case "Map":
      for (let at = 0; at < parts.length; at += 2) {
        (object as Map<unknown, unknown>).set(valueOf(parts[at] as Slot), valueOf(parts[at + 1] as Slot));
      }
      break;
    case "Set":
      for (const part of parts) (object as Set<unknown>).add(valueOf(part));
  }
}

/** An assignment to `__proto__` would change the prototype. */
function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function base64({ buffer, byteOffset, byteLength }: TypedArray): string {
  let text = "";
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCharCode(byte);
  return btoa(text);
}

function bytesOf(encoded: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}
