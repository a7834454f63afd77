import { InvalidValueError } from "./codec.ts";
import type { Codec } from "./codec.ts";
import type { StoreKey } from "./key_codec.ts";
import { StoredValues } from "./stored_values.ts";

/** A value, and when it expires in milliseconds since 1970: `Infinity` if it never does. */
export interface TimedValue<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** What is between the time and the value. */
const LINE_FEED = 0x0a;
/** The longest number that `String` makes, and the line feed. */
export const MAX_HEAD_BYTES: number = 26;

const encoder = new TextEncoder();

/**
 * Values that hold the time at which they expire, for stores that do not keep to one: the time in decimal, nothing if they never
 * expire; a line feed; the value as the codec encodes it.
 *
 * @typeParam V The type of the values.
 */
export class TimedValues<V> {
  readonly #store: string;
  readonly #values: StoredValues<V>;

  /** For a map of this name. */
  constructor(store: string, codec: Codec<V>) {
    this.#store = store;
    this.#values = new StoredValues(store, codec);
  }

  /**
   * A value as the codec encodes it.
   *
   * @throws {TypeError} If the codec refuses the value.
   */
  encode(value: V): string | Uint8Array {
    return this.#values.encode(value);
  }

  /**
   * A value as bytes, for a store that holds nothing else.
   *
   * @throws {TypeError} If the codec refuses the value.
   */
  encodeAsBytes(value: V): Uint8Array {
    return this.#values.encodeAsBytes(value);
  }

  /** An encoded value with its time: text or bytes, as it is. */
  join(encoded: string | Uint8Array, expiresAt: number): string | Uint8Array {
    const head = expiresAt === Infinity ? "\n" : `${expiresAt}\n`;
    if (typeof encoded === "string") return head + encoded;
    const joined = new Uint8Array(head.length + encoded.length);
    encoder.encodeInto(head, joined);
    joined.set(encoded, head.length);
    return joined;
  }

  /** When an entry expires: `Infinity` if never, or if it was not written by `join`. */
  expiresAt(joined: string | Uint8Array): number {
    return timeOf(headOf(joined)) ?? Infinity;
  }

  /**
   * The two that `join` has joined.
   *
   * @throws {InvalidValueError} If it did not, or the codec cannot decode the value.
   */
  split(joined: string | Uint8Array, key: StoreKey): TimedValue<V> {
    const head = headOf(joined);
    const expiresAt = timeOf(head);
    if (expiresAt === undefined) throw new InvalidValueError(this.#store, key, "", "it was not written by this module");
    const start = head!.length + 1;
    const encoded = typeof joined === "string" ? joined.slice(start) : joined.subarray(start);
    return { value: this.#values.decode(encoded, key), expiresAt };
  }
}

/** What is before the first line feed, if that comes soon enough. */
function headOf(joined: unknown): string | undefined {
  if (typeof joined !== "string" && !(joined instanceof Uint8Array)) return undefined;
  const length = typeof joined === "string" ? joined.indexOf("\n") : joined.indexOf(LINE_FEED);
  if (length === 0) return "";
  if (length < 0 || length >= MAX_HEAD_BYTES) return undefined;
  return typeof joined === "string" ? joined.slice(0, length) : String.fromCharCode(...joined.subarray(0, length));
}

function timeOf(head: string | undefined): number | undefined {
  if (head === "") return Infinity;
  const time = Number(head);
  return Number.isFinite(time) && String(time) === head ? time : undefined;
}
