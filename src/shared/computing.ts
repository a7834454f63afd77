import { storedKey } from "../keys/same_value_zero.ts";
import type { Encoder, Plain } from "./encoder.ts";
import type { Table, Watch } from "./table.ts";
import { WordBuffer } from "./word_buffer.ts";

/** Stands for no value where a value could be `undefined`. */
const NOTHING: unique symbol = Symbol("nothing");

/**
 * The operations that call a function of the caller between reading a key and writing to it. What the function itself writes to
 * the key is overwritten; what other threads write is not.
 */
export class Computing<K extends string | number, V> {
  readonly #table: Table;
  readonly #encoder: Encoder<V>;
  readonly #key = new WordBuffer();
  readonly #value = new WordBuffer();

  constructor(table: Table, encoder: Encoder<V>) {
    this.#table = table;
    this.#encoder = encoder;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns, unless another thread was quicker. */
  getOrInsert(key: K, compute: (key: K) => V): V {
    const table = this.#table;
    const encoder = this.#encoder;
    encoder.fillKey(this.#key, key);
    const found = () => encoder.decoded(table.value.value(), table.value.isCoded);
    if (table.read(this.#key)) return found();
    const { result: { computed, plain }, watch } = this.#watched(() => {
      const computed = compute(storedKey(key));
      return { computed, plain: encoder.plainOf(computed) };
    });
    // The function may have used this map, and so the buffers.
    encoder.fillKey(this.#key, key);
    encoder.fill(this.#value, plain);
    do if (table.read(this.#key) && !this.#isOwn(watch)) return found(); while (
      !table.replace(this.#key, this.#value)
    );
    return computed;
  }

  /** Replaces the value of `key` by what `fn` returns for it; `fn` is called again if another thread wrote in between. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const table = this.#table;
    const encoder = this.#encoder;
    while (true) {
      encoder.fillKey(this.#key, key);
      const isThere = table.read(this.#key);
      const current = isThere ? table.value.value() : undefined;
      const isCoded = isThere && table.value.isCoded;
      const { result: { next, plain }, watch } = this.#watched(
        (): { next: V | undefined; plain: Plain | typeof NOTHING } => {
          const next = fn(encoder.decoded(current, isCoded));
          return { next, plain: next === undefined ? NOTHING : encoder.plainOf(next) };
        },
      );
      encoder.fillKey(this.#key, key);
      const isThereNow = table.has(this.#key);
      if (!this.#isOwn(watch)) continue;
      if (plain === NOTHING && !isThereNow) return undefined;
      if (plain !== NOTHING) encoder.fill(this.#value, plain);
      if (table.replace(this.#key, plain === NOTHING ? undefined : this.#value)) return next;
    }
  }

  /** Takes note that this thread has cleared the map. */
  cleared(): void {
    for (const watch of this.#table.watches) watch.clears++;
  }

  /** Calls `fn`, and says what the slot that is open was like before, and what this thread has done to it meanwhile. */
  #watched<Result>(fn: () => Result): { result: Result; watch: Watch } {
    const { exports, watches } = this.#table;
    const watch: Watch = { ...this.#table.moment(), exchanges: 0, clears: 0 };
    watches.push(watch);
    exports.watch(1);
    try {
      return { result: fn(), watch };
    } finally {
      watches.splice(watches.indexOf(watch), 1);
      exports.watch(watches.length);
    }
  }

  /** Whether nobody but this thread has written to the slot that is open since it began to be watched. */
  #isOwn({ slot, version, generation, exchanges, clears }: Watch): boolean {
    const { exports } = this.#table;
    return exports.openedSlot() === slot && exports.openedVersion() === (version + exchanges | 0) &&
      exports.generation() === generation + clears;
  }
}
