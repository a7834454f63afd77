import { storedKey } from "../same_value_zero.ts";
import type { Codec } from "./codec.ts";
import type { SharedTable } from "./shared_table.ts";
import { decoded, fill, fillKey, NOTHING, type Plain, plainOf } from "./stored.ts";
import { WordBuffer } from "./word_buffer.ts";

/**
 * The operations that call a function of the caller between reading a key and writing to it. What the function itself writes to
 * the key is overwritten; what other threads write is not.
 */
export class Computing<K extends string | number, V> {
  readonly #table: SharedTable;
  readonly #codec: Codec<V>;
  readonly #key = new WordBuffer();
  readonly #value = new WordBuffer();

  constructor(table: SharedTable, codec: Codec<V>) {
    this.#table = table;
    this.#codec = codec;
  }

  /** The value of `key`; if it has none, it is given what `compute` returns, unless another thread was quicker. */
  getOrInsert(key: K, compute: (key: K) => V): V {
    fillKey(this.#key, key);
    const { value, slots } = this.#table;
    const found = () => decoded(value.value(), value.isCoded, this.#codec);
    if (this.#table.read(this.#key)) return found();
    const { moment } = slots;
    const { result: { computed, plain }, watch } = slots.watched(moment.slot, () => {
      const computed = compute(storedKey(key));
      return { computed, plain: plainOf(computed, this.#codec) };
    });
    // The function may have used this map, and so the buffers.
    fillKey(this.#key, key);
    fill(this.#value, plain);
    do if (this.#table.read(this.#key) && !slots.isOwn(moment, watch)) return found(); while (
      !this.#table.replace(this.#key, this.#value)
    );
    return computed;
  }

  /** Replaces the value of `key` by what `fn` returns for it; `fn` is called again if another thread wrote in between. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    const { value, slots } = this.#table;
    while (true) {
      fillKey(this.#key, key);
      const isThere = this.#table.read(this.#key);
      const { moment } = slots;
      const current = isThere ? value.value() : undefined;
      const isCoded = isThere && value.isCoded;
      const { result: { next, plain }, watch } = slots.watched(
        moment.slot,
        (): { next: V | undefined; plain: Plain | typeof NOTHING } => {
          const next = fn(decoded(current, isCoded, this.#codec));
          return { next, plain: next === undefined ? NOTHING : plainOf(next, this.#codec) };
        },
      );
      fillKey(this.#key, key);
      const isThereNow = this.#table.find(this.#key);
      if (!slots.isOwn(moment, watch)) continue;
      if (plain === NOTHING && !isThereNow) return undefined;
      if (plain !== NOTHING) fill(this.#value, plain);
      if (this.#table.replace(this.#key, plain === NOTHING ? undefined : this.#value)) return next;
    }
  }
}
