import { objectKind } from "./object_kind.ts";

/** The most characters of a string or a symbol that an error quotes. */
const MAX_CHARACTERS = 100;

/** The longest bigint that an error writes out: longer ones take time with the square of their length. */
const MAX_BITS = 300;

/**
 * How an error describes a value that it refuses: a primitive as it is written, an object or function by its kind
 * alone.
 */
export function received(value: unknown): string {
  return `received ${described(value)}`;
}

/** A string in quotes, cut after 100 characters. */
export function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

function described(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return BigInt.asIntN(MAX_BITS, value) === value ? `${value}n` : "bigint";
    case "symbol":
      return `Symbol(${shortened(value.description ?? "")})`;
    case "function":
      return "a function";
    case "object":
      return value === null ? "null" : objectKind(value);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function shortened(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
