import { AbstractMap, DEFAULT_TRAITS } from "../abstract_map.ts";
import { checkCallback } from "../callback.ts";
import type { Traits } from "../concurrent_map.ts";
import { entriesAt, IntCursor, keysAt, valuesAt } from "./int_cursor.ts";
import type { IntSegment } from "./int_segment.ts";
import { IntTable, type IntTableStructure } from "./int_table.ts";
import { sameValueZero, storedKey } from "../keys/same_value_zero.ts";
import { setEntries } from "../map_arguments.ts";

const TRAITS: Traits = { ...DEFAULT_TRAITS, keys: "integers", maxEntries: 2 ** 31 };

/**
 * A {@link ConcurrentMap} from safe integers to any values. It grows without a pause: it is a table of segments of
 * limited size, and a write copies at most two of them. The keys are in typed arrays outside the JavaScript heap, and
 * so are the values as long as they are numbers: the garbage collector does not scan them.
 *
 * | method | average | worst |
 * | --- | --- | --- |
 * | `get`, `has` | O(1) | O(segment), which has at most 2^15 keys of 32 bits |
 * | `set` and the other operations on a key | O(1) | O(segment), when one grows, shrinks, is split or merged |
 * | `size`, `clear` | O(1) | O(1); the garbage collector does the rest |
 * | iteration, `snapshot` | O(n) | O(n) |
 *
 * A key is a safe integer; `-0` is `0`. Every operation on another key throws a `TypeError`, even `get` and `has`,
 * since it can only be a mistake. An entry takes 12 to 15 bytes while the values are whole numbers of 32 bits,
 * otherwise 19 to 23 plus whatever a value refers to; keys beyond 32 bits take 7 more. An empty map takes about a
 * kilobyte. A deleted entry leaves nothing behind, and the memory is freed once three fifths of the entries are gone.
 * Iteration follows the order of the hashes, which never changes, so writes can't make it miss or repeat an entry.
 *
 * What it is bad at: there is no insertion order. A delete takes one and a half times as long as in a `Map`, up to four
 * times in a small one. On V8, compared with a `Map`, a read takes a quarter to a half less time at a million entries,
 * the same at ten million, and a tenth to a half more up to a hundred thousand, which fit into the processor's caches.
 * On JavaScriptCore it is faster at no size, and takes two to seven times as long while the entries fit into the
 * caches. Once a value is not a number, the values of its segment, up to some ten thousand, move to the heap, where the
 * collector may pause for them. The hashes are secret and differ from map to map, so nobody can choose keys that make
 * it slow.
 *
 * @example
 * ```ts
 * import { IntMap } from "@twinmap/twinmap";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const users = new IntMap<{ name: string }>();
 * users.set(1_700_000_000_017, { name: "Ada" });
 * assertEquals(users.get(1_700_000_000_017), { name: "Ada" });
 * assertThrows(() => users.get(1.5), TypeError, "key must be a safe integer: received 1.5");
 * ```
 *
 * @typeParam V The type of the values.
 */
export class IntMap<V> extends AbstractMap<number, V> {
  /** A higher density saves memory and slows reads: 0.85 by a third while the entries fit into the caches. */
  readonly #table: IntTable = new IntTable("IntMap", 0.65);

  /**
   * A map of `entries`, or an empty one.
   *
   * @param entries The first entries; of two with the same key the later one counts.
   * @throws {TypeError} If `entries` is not an iterable of pairs, or a key is not a safe integer.
   */
  constructor(entries?: Iterable<readonly [number, V]> | null) {
    super();
    setEntries(this, entries);
  }

  /** No order, weak iteration, safe integers for keys, values by reference; 2^31 entries. */
  override get traits(): Traits {
    return TRAITS;
  }

  /** The number of entries. */
  override get size(): number {
    return this.#table.size;
  }

  /** The structure of the map. O(segments). */
  get structure(): IntTableStructure {
    return this.#table.structure;
  }

  /**
   * The value of `key`, or `undefined` if it is absent.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  get(key: number): V | undefined {
    const hash = this.#table.hashOf(key, "look up");
    return this.#table.segmentOf(hash).get(hash, key) as V | undefined;
  }

  /**
   * Whether `key` is present, even if its value is `undefined`.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  has(key: number): boolean {
    const hash = this.#table.hashOf(key, "look up");
    return this.#table.segmentOf(hash).find(hash, key) >= 0;
  }

  /**
   * Sets the value of `key` and returns the map.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  set(key: number, value: V): this {
    const segment = this.#table.place(key);
    segment.write(this.#table.slot, value);
    return this;
  }

  /**
   * Removes `key` and returns whether it was present.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  delete(key: number): boolean {
    const segment = this.#table.find(key);
    if (segment !== undefined) this.#table.remove(segment);
    return segment !== undefined;
  }

  /** Removes every entry. */
  override clear(): void {
    this.#table.clear();
  }

  /**
   * The value of `key`; if it is absent, it is set to `value` first.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  override getOrInsert(key: number, value: V): V {
    const segment = this.#table.find(key);
    if (segment !== undefined) return segment.valueAt(this.#table.slot) as V;
    this.set(key, value);
    return value;
  }

  /**
   * The value of `key`; if it is absent, it is set to what `compute` returns first.
   *
   * @throws {TypeError} If `key` is not a safe integer, or `compute` is not a function.
   */
  override getOrInsertComputed(key: number, compute: (key: number) => V): V {
    checkCallback("getOrInsertComputed", compute);
    const segment = this.#table.find(key);
    if (segment !== undefined) return segment.valueAt(this.#table.slot) as V;
    const value = compute(storedKey(key));
    this.set(key, value);
    return value;
  }

  /**
   * Removes `key` and returns the value that it had.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  override getAndDelete(key: number): V | undefined {
    const segment = this.#table.find(key);
    if (segment === undefined) return undefined;
    const value = segment.valueAt(this.#table.slot) as V;
    this.#table.remove(segment);
    return value;
  }

  /**
   * Sets the value of `key` if it is `expected`, and returns whether it was.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  override compareAndSet(key: number, expected: V, value: V): boolean {
    const segment = this.#findEqual(key, expected);
    segment?.write(this.#table.slot, value);
    return segment !== undefined;
  }

  /**
   * Removes `key` if its value is `expected`, and returns whether it was.
   *
   * @throws {TypeError} If `key` is not a safe integer.
   */
  override compareAndDelete(key: number, expected: V): boolean {
    const segment = this.#findEqual(key, expected);
    if (segment !== undefined) this.#table.remove(segment);
    return segment !== undefined;
  }

  /**
   * Replaces the value of `key` with what `fn` returns for it; `undefined` deletes the key.
   *
   * @throws {TypeError} If `key` is not a safe integer, or `fn` is not a function.
   */
  override update(key: number, fn: (current: V | undefined) => V | undefined): V | undefined {
    // As in AbstractMap, whose method is up to 1.4 times slower on V8 once maps of several classes have used it.
    const next = fn(this.get(key));
    if (next === undefined) this.delete(key);
    else this.set(key, next);
    return next;
  }

  /** Iterates over `[key, value]`. */
  entries(): MapIterator<[number, V]> {
    return entriesAt(new IntCursor(this.#table));
  }

  /** Iterates over the keys. */
  override keys(): MapIterator<number> {
    return keysAt(new IntCursor(this.#table));
  }

  /** Iterates over the values. */
  override values(): MapIterator<V> {
    return valuesAt(new IntCursor(this.#table));
  }

  #findEqual(key: number, expected: V): IntSegment | undefined {
    const segment = this.#table.find(key);
    return sameValueZero(segment?.valueAt(this.#table.slot), expected) ? segment : undefined;
  }
}
