/**
 * Values as text for people, bounded in length and in depth. Whatever the value is, nothing here throws, and no code of its
 * owner is run: no getter, no `toJSON`, and no trap of a `Proxy` where the platform can tell what a `Proxy` is.
 *
 * @module
 */

import { isBuffer, isDate, isError, isMap, isProxy, isSet, isTypedArray, mapSize, setSize } from "./brands.ts";
import { bytesOf, enumerableKeys, ownContentOf } from "./object_content.ts";
import { printable } from "./printable.ts";
import { printableJson } from "./printable_json.ts";

/** How many characters are shown at most. */
const MAX_CHARACTERS = 200;

/** How deep objects are shown. */
const MAX_DEPTH = 4;

/** The longest `bigint` that is written out: that takes time quadratic in its length. */
const MAX_BITS = 600;

/** A name that needs no quotes. */
export const IDENTIFIER: RegExp = /^[\p{ID_Start}$_][\p{ID_Continue}$]{0,99}$/u;

/**
 * A value as text: at most {@link MAX_CHARACTERS} characters, all of which print, and `…` where it was cut. Primitives that
 * `Object.is` tells apart have different texts, unless they are cut. O(number of an object's own properties) at worst, whatever
 * is in them.
 *
 * @param from The index from which on the characters of a string, or the elements of an array or of bytes, are shown.
 */
export function rendered(value: unknown, from = 0): string {
  const rendering = new Rendering(from);
  try {
    rendering.add(value, 0);
  } catch {
    return typeAndSize(value);
  }
  return rendering.text;
}

/** The type and size of a value, and nothing of its content. O(number of an object's own properties) at worst. */
export function typeAndSize(value: unknown): string {
  if (typeof value === "string") return `string(${value.length})`;
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  try {
    return classAndSize(value);
  } catch {
    return "object that cannot be inspected";
  }
}

function classAndSize(object: object): string {
  if (isProxy(object)) return "Proxy";
  const name = className(object);
  if (Array.isArray(object)) return `${name}(${object.length})`;
  if (isMap(object)) return `${name}(${mapSize(object)})`;
  if (isSet(object)) return `${name}(${setSize(object)})`;
  const held = bytes(object);
  if (held !== undefined) return `${name}(${held.length} bytes)`;
  const isPlain = !isError(object) && contentText(object) === undefined;
  return isPlain ? `${name}(${enumerableKeys(object).length} keys)` : name;
}

/** A text that grows until it is full. */
class Rendering {
  /** The index from which on the value itself is shown. */
  readonly #from: number;
  #text = "";

  constructor(from: number) {
    this.#from = from;
  }

  get text(): string {
    return this.#isFull ? `${this.#text.slice(0, MAX_CHARACTERS)}…` : this.#text;
  }

  get #isFull(): boolean {
    return this.#text.length > MAX_CHARACTERS;
  }

  add(value: unknown, depth: number): void {
    if (typeof value === "string") this.#addText(quoted(value.slice(this.#start(depth, "character"))));
    else if (typeof value !== "object" || value === null) this.#addText(primitive(value));
    else if (isProxy(value)) this.#addText("Proxy");
    else if (depth === MAX_DEPTH) this.#addText("…");
    else this.#addObject(value, depth);
  }

  #addObject(object: object, depth: number): void {
    const name = className(object);
    const property = (key: PropertyKey) => this.#addProperty(object, key, depth + 1);
    if (Array.isArray(object)) {
      const start = this.#start(depth, "index");
      return this.#addAll(name === "Array" ? "[" : `${name} [`, indexes(object, start), property, "]");
    }
    const view = bytes(object);
    if (view !== undefined) {
      const elements = isTypedArray(object) ? object : view;
      const start = this.#start(depth, "index");
      return this.#addAll(`${name} [`, indexes(elements, start), (at) => this.#addProperty(elements, at, depth), "]");
    }
    if (isMap(object)) {
      return this.#addAll(`${name} {`, mapEntries.call(object), ([key, value]) => {
        this.add(key, depth + 1);
        this.#addText(" => ");
        this.add(value, depth + 1);
      }, "}");
    }
    if (isSet(object)) {
      return this.#addAll(`${name} {`, setValues.call(object), (member) => this.add(member, depth + 1), "}");
    }
    if (name !== "Object") this.#addText(`${name} `);
    const content = contentText(object);
    if (content !== undefined) return this.#addText(content);
    const keys = enumerableKeys(object);
    if (isError(object) && Object.hasOwn(object, "message")) {
      this.#addProperty(object, "message", depth);
      if (keys.length === 0) return;
      this.#addText(" ");
    }
    this.#addAll("{", keys, (key) => {
      this.#addText(`${propertyName(key)}: `);
      property(key);
    }, "}");
  }

  /** The index from which on a string, array or bytes at this depth are shown. If it is not 0, the text says so. */
  #start(depth: number, unit: "character" | "index"): number {
    if (depth > 0 || this.#from === 0) return 0;
    this.#addText(`from ${unit} ${this.#from}: `);
    return this.#from;
  }

  #addText(text: string): void {
    this.#text += text;
  }

  #addProperty(object: object, key: PropertyKey, depth: number): void {
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property === undefined) this.#addText("nothing");
    else if ("value" in property) this.add(property.value, depth);
    else this.#addText("getter");
  }

  /** Adds one item after the other until the text is full. */
  #addAll<T>(begin: string, items: Iterable<T>, add: (item: T) => void, end: string): void {
    this.#addText(begin);
    let separator = "";
    for (const item of items) {
      if (this.#isFull) return;
      this.#addText(separator);
      add(item);
      separator = ", ";
    }
    this.#addText(end);
  }
}

const mapEntries = Map.prototype.entries as (this: object) => MapIterator<[unknown, unknown]>;
const setValues = Set.prototype.values as (this: object) => SetIterator<unknown>;

function* indexes(array: ArrayLike<unknown>, start: number): Generator<number> {
  for (let i = start; i < array.length; i++) yield i;
}

/** The bytes of a buffer or view; empty if it was detached. */
function bytes(object: object): Uint8Array | undefined {
  if (!isBuffer(object) && !ArrayBuffer.isView(object)) return undefined;
  try {
    return bytesOf(object);
  } catch {
    return new Uint8Array();
  }
}

/** The name of the class, according to the prototype. */
function className(object: object): string {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return "null-prototype";
  if (isProxy(prototype)) return "object";
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof made === "function" ? functionName(made) : "object";
}

function functionName(value: object): string {
  const name: unknown = isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" && IDENTIFIER.test(name) ? name : "anonymous";
}

function primitive(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return BigInt.asIntN(MAX_BITS, value) === value ? `${value}n` : `bigint of over ${MAX_BITS} bits`;
    case "symbol":
      return `Symbol(${printable((value.description ?? "").slice(0, MAX_CHARACTERS))})`;
    case "function":
      return `function ${functionName(value)}`;
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function quoted(text: string): string {
  return printableJson(text.slice(0, MAX_CHARACTERS + 1));
}

function propertyName(key: string | symbol): string {
  if (typeof key === "symbol") return `[${primitive(key)}]`;
  return IDENTIFIER.test(key) ? key : quoted(key);
}

/** The content of an object as one primitive; `undefined` if it has none such, or only claims to be of its class. */
function contentText(object: object): string | undefined {
  if (isDate(object)) return dateText(object);
  const prototype: object | null = Object.getPrototypeOf(object);
  const content = prototype === null || isProxy(prototype) ? undefined : ownContentOf(prototype);
  if (typeof content !== "function") return undefined;
  try {
    return primitive(content(object));
  } catch {
    return undefined;
  }
}

function dateText(date: Date): string {
  const timeMs = Date.prototype.getTime.call(date);
  return Number.isNaN(timeMs) ? "invalid" : new Date(timeMs).toISOString();
}
