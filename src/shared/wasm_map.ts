/**
 * A map for one thread whose entries are off the JavaScript heap.
 *
 * @module
 */

import { mapArguments, setEntries } from "../map_arguments.ts";
import { TableMap } from "./table_map.ts";
import { createMemory } from "./table_memory.ts";
import { checkTableOptions, type TableOptions } from "./table_options.ts";

export type { ConcurrentMap, Traits } from "../concurrent_map.ts";
export { CapacityError } from "./capacity_error.ts";
export type { Codec } from "../stores/codec.ts";
export { json } from "../stores/json_codec.ts";
export { structured } from "./structured.ts";
export { TableMap } from "./table_map.ts";
export type { TableAttachOptions, TableOptions } from "./table_options.ts";

/**
 * A {@link ConcurrentMap} for one thread whose entries are in WebAssembly memory, off the JavaScript heap: the garbage collector has
 * nothing to do with them, however many there are. Keys are strings or safe integers; values are copied.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `set` and the other operations on a key | O(1), and O(length) of key and value | O(entries of one slot) |
 * | `size`, `clear`, iteration, `snapshot` | O(n) | O(n) |
 *
 * It is the table of `SharedMap` without its atomic accesses (see there for the memory that an entry takes), and grows in small
 * steps like that, never all at once.
 *
 * What it is bad at: reading, since a value is decoded each time it is read, which for a string takes several times as long as a
 * `Map`'s `get`; insertion order; `size` in a loop.
 *
 * @example
 * ```ts
 * import { WasmMap } from "@twinmap/twinmap/wasm";
 * import { assertEquals } from "@std/assert";
 *
 * const names = new WasmMap<number, string>({ maxBytes: 2 ** 20 });
 * names.set(1, "one");
 * assertEquals(names.get(1), "one");
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class WasmMap<K extends string | number, V> extends TableMap<K, V> {
  /**
   * A new map of `entries`, or an empty one.
   *
   * @param entries The first entries, of which the later one counts where two have the same key; or the options alone.
   * @param options See {@link TableOptions}.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or an option is unknown or of the wrong type.
   * @throws {RangeError} If `maxBytes` is out of its range, or more than the system can reserve.
   * @throws {CapacityError} If there is no room for the entries.
   */
  constructor(entries?: Iterable<readonly [K, V]> | TableOptions<V> | null, options?: TableOptions<V>) {
    const given = mapArguments(entries, options);
    const { codec, maxBytes } = checkTableOptions("WasmMap", given.options);
    super("WasmMap", createMemory(maxBytes, false), codec, false);
    setEntries(this, given.entries);
  }
}
