/**
 * One map for all workers: in shared memory, without locks.
 *
 * @module
 */

import { backedBy } from "../backing.ts";
import type { Codec } from "../stores/codec.ts";
import type { SharedMapHandle } from "./handle.ts";
import { mapArguments, setEntries } from "../map_arguments.ts";
import { TableMap } from "./table_map.ts";
import { checkedMemory, createMemory } from "./table_memory.ts";
import { checkAttachOptions, checkTableOptions, type TableAttachOptions, type TableOptions } from "./table_options.ts";

export type { ConcurrentMap, Traits } from "../concurrent_map.ts";
export { CapacityError } from "./capacity_error.ts";
export type { Codec } from "../stores/codec.ts";
export { json } from "../stores/json_codec.ts";
export type { SharedMapHandle } from "./handle.ts";
export { structured } from "./structured.ts";
export { TableMap } from "./table_map.ts";
export type { TableAttachOptions, TableOptions } from "./table_options.ts";

/**
 * A {@link ConcurrentMap} that all workers share: one map in shared memory, which each of them uses as if it were its own.
 * Keys are strings or safe integers; values are copied.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has` and the other operations on a key | O(1), and O(length) of key and value | O(entries of one slot) |
 * | `size`, `clear`, iteration, `snapshot` | O(n) | O(n) |
 *
 * Every operation on keys, and `clear`, is one atomic step to all threads: the map is linearizable. There are no locks: `get` and
 * `has` wait for nobody, and a write starts again only where another one has succeeded. A worker that is terminated in the middle
 * of an operation leaves the map as it was before the operation or after it.
 *
 * A thread holds no memory of the map between its operations, so that threads can come and go for ever, closed or not. One that is
 * terminated in the middle of a write loses what that write had in hand: the blocks of one entry, mostly. They are freed by the next
 * `clear`, or write that finds no memory, during which no other thread writes; if more than 64 threads have written to the map at
 * a time, they stay lost. What a `clear` had not freed yet is freed by later writes. Reading takes no memory.
 *
 * What differs from a map of one thread: `update` may call its function again, with the newer value, if another
 * thread wrote in between; and `getOrInsertComputed` may be computing in two threads at a time, of which both get the value that
 * was stored first. `size`, iteration and `snapshot` see each key at one moment, but not all keys at the same.
 *
 * An entry takes 64 bytes up to about 40 bytes of key and value, whose characters take one byte each up to U+00FF, else two;
 * and 64 more for each further 60 bytes. What was deleted or replaced is used again.
 *
 * A full map can be read, deleted from, and written to where the new value is no longer than the old one. For that it keeps some
 * memory in reserve: a sixteenth, 64 KiB at most, and as much as the largest entry takes if that is more than half of it.
 *
 * Where a key's entry lies depends on a secret of the map, so that nobody can choose keys that slow it down.
 *
 * Each thread keeps on its own heap up to 2^18 of the values that it has read by string keys, where both are of at most 128
 * characters and no codec made the value. `get` returns them for as long as nothing was written to the same slot.
 *
 * What it is bad at: large objects, which are encoded and decoded each time; insertion order; `size` in a loop.
 *
 * @example
 * ```ts
 * import { SharedMap } from "@twinmap/twinmap/shared";
 * import { assertEquals } from "@std/assert";
 *
 * const hits = SharedMap.create<string, number>({ maxBytes: 2 ** 20 });
 * const inAnotherWorker = SharedMap.attach<string, number>(hits.handle);
 * inAnotherWorker.add("/", 2);
 * assertEquals(hits.add("/", 1), 3);
 * ```
 *
 * @typeParam K The type of the keys.
 * @typeParam V The type of the values.
 */
export class SharedMap<K extends string | number, V> extends TableMap<K, V> {
  /** What another thread needs to attach to the map. */
  readonly handle: SharedMapHandle;

  private constructor(memory: WebAssembly.Memory, codec: Codec<V>) {
    super("SharedMap", memory, codec, true);
    backedBy(this, memory);
    this.handle = { kind: "SharedMap", memory };
  }

  /**
   * Creates a map of `entries`, or an empty one. It takes O(entries).
   *
   * @param entries The first entries, of which the later one counts where two have the same key; or the options alone.
   * @param options See {@link TableOptions}.
   * @returns The map, for this thread.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or an option is unknown or of the wrong type.
   * @throws {RangeError} If `maxBytes` is out of its range, or more than the system can reserve.
   * @throws {CapacityError} If there is no room for the entries.
   */
  static create<K extends string | number, V>(
    entries?: Iterable<readonly [K, V]> | TableOptions<V> | null,
    options?: TableOptions<V>,
  ): SharedMap<K, V> {
    const given = mapArguments(entries, options);
    const { codec, maxBytes } = checkTableOptions("SharedMap", given.options);
    const map = new SharedMap<K, V>(createMemory(maxBytes, true), codec);
    setEntries(map, given.entries);
    return map;
  }

  /**
   * Attaches this thread to the map of another one. It takes O(1).
   *
   * @param handle The `handle` of the map, as the other thread posted it.
   * @param options See {@link TableAttachOptions}.
   * @returns The same map as in the other thread.
   * @throws {TypeError} If `handle` is not that of a map, or comes from another version of this module, or an option is of the wrong
   * type.
   */
  static attach<K extends string | number, V>(
    handle: SharedMapHandle,
    options?: TableAttachOptions<V>,
  ): SharedMap<K, V> {
    return new SharedMap(checkedMemory(handle), checkAttachOptions(options).codec);
  }
}
