import { createHmac, randomBytes } from "node:crypto";
import { storedKey } from "../src/same_value_zero.ts";
import type { PathSegment } from "./equality.ts";

/** How many characters of a key or value are shown at most. */
const MAX_CHARACTERS = 200;

/** Names that belong to a schema rather than to data. */
const SCHEMA_NAME = /^[A-Za-z_$][A-Za-z0-9_$]{0,31}$/;

/**
 * What a report may show. Without `reveal`, a key is a digest under a secret that nobody knows, a value its type and
 * size, and a path its array indexes and those property names that look like a schema's: 1 to 32 letters, digits, `_`, `$`.
 */
export class Redactor {
  readonly #reveal: boolean;
  readonly #secret = randomBytes(32);
  readonly #identities = new WeakMap<object, number>();
  #lastIdentity = 0;

  constructor(options: { readonly reveal: boolean }) {
    this.#reveal = options.reveal;
  }

  key(key: unknown): string {
    return this.#reveal ? shown(key) : this.#digest(key);
  }

  value(value: unknown): string {
    return this.#reveal ? shown(value) : typeAndSize(value);
  }

  path(segments: readonly PathSegment[]): string {
    return segments.map((segment) => this.#segment(segment)).join("");
  }

  #segment(segment: PathSegment): string {
    if (segment.kind === "index") return `[${segment.key}]`;
    if (segment.kind !== "property") return `{${this.key(segment.key)}}`;
    const name = segment.key;
    if (typeof name === "string" && SCHEMA_NAME.test(name)) return `.${name}`;
    return `[${this.key(name)}]`;
  }

  #digest(key: unknown): string {
    const isObject = (typeof key === "object" && key !== null) || typeof key === "function";
    const text = isObject ? String(this.#identity(key as object)) : String(storedKey(key));
    return createHmac("sha256", this.#secret).update(`${typeof key}:${text}`).digest("hex").slice(0, 12);
  }

  #identity(key: object): number {
    const identity = this.#identities.get(key) ?? ++this.#lastIdentity;
    this.#identities.set(key, identity);
    return identity;
  }
}

function typeAndSize(value: unknown): string {
  try {
    if (typeof value === "string") return `string(${value.length})`;
    if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
    if (Array.isArray(value)) return `Array(${value.length})`;
    const name = value.constructor?.name ?? "object";
    if (value instanceof Map || value instanceof Set) return `${name}(${value.size})`;
    if (ArrayBuffer.isView(value)) return `${name}(${value.byteLength})`;
    return name === "Object" ? `object(${Object.keys(value).length} keys)` : name;
  } catch {
    return "object";
  }
}

function shown(value: unknown): string {
  let text: string;
  try {
    if (typeof value === "symbol" || value instanceof Error || typeof value === "function") text = String(value);
    else if (typeof value === "bigint") text = `${value}n`;
    else if (typeof value === "number") text = Object.is(value, -0) ? "-0" : String(value);
    else text = JSON.stringify(value) ?? String(value);
  } catch {
    text = typeAndSize(value);
  }
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
