import { received } from "../received.ts";
import { type Codec, json } from "./codec.ts";

/** Options for a map in each thread that uses it. */
export interface TableAttachOptions<V> {
  /**
   * How values other than strings, numbers, booleans, `Uint8Array`, `null` and `undefined` are stored. All threads must use the same
   * codec.
   * @default {json}
   */
  readonly codec?: Codec<V>;
}

/** Options for a new map. */
export interface TableOptions<V> extends TableAttachOptions<V> {
  /**
   * How many bytes of memory the map takes at most, from 2^16 to 2^32, rounded down to a multiple of 2^16. The address space is
   * reserved at once; real memory is taken as the map grows.
   * @default {2 ** 28}
   */
  readonly maxBytes?: number;
}

/** The option `maxBytes`, checked. */
export function checkedMaxBytes<V>(name: string, { maxBytes = 2 ** 28 }: TableOptions<V>): number {
  const must = `Cannot create ${name}: maxBytes must be a whole number from 2^16 to 2^32`;
  if (typeof maxBytes !== "number") throw new TypeError(`${must}: ${received(maxBytes)}`);
  if (Number.isInteger(maxBytes) && maxBytes >= 2 ** 16 && maxBytes <= 2 ** 32) return maxBytes;
  throw new RangeError(`${must}: ${received(maxBytes)}`);
}

/** The option `codec`, checked. */
export function checkedCodec<V>(action: string, options: TableAttachOptions<V>): Codec<V> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${action}: options must be an object: ${received(options)}`);
  }
  const { codec = json as Codec<V> } = options;
  if (typeof codec?.encode === "function" && typeof codec.decode === "function") return codec;
  throw new TypeError(`Cannot ${action}: codec must have the methods encode and decode: ${received(codec)}`);
}
