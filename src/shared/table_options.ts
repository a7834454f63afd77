import { checkOptions, type Rules, wholeNumber, withMethods } from "../options.ts";
import type { Codec } from "../stores/codec.ts";
import { json } from "../stores/json_codec.ts";

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

const CODEC = withMethods("encode", "decode");
const ATTACH_RULES: Rules<TableAttachOptions<unknown>> = { codec: CODEC };
const RULES: Rules<TableOptions<unknown>> = { codec: CODEC, maxBytes: wholeNumber(2 ** 16, 2 ** 32) };

/**
 * Checks the options of a new map and fills in the defaults.
 *
 * @param name The class of the map.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If `maxBytes` is out of its range.
 */
export function checkTableOptions<V>(name: string, options: TableOptions<V> | undefined): Required<TableOptions<V>> {
  return checkOptions(`create ${name}`, options, RULES as Rules<TableOptions<V>>, {
    codec: json as Codec<V>,
    maxBytes: 2 ** 28,
  });
}

/**
 * Checks the options to attach a map and fills in the defaults.
 *
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function checkAttachOptions<V>(options: TableAttachOptions<V> | undefined): Required<TableAttachOptions<V>> {
  return checkOptions("attach SharedMap", options, ATTACH_RULES as Rules<TableAttachOptions<V>>, {
    codec: json as Codec<V>,
  });
}
