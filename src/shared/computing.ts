import { storedKey } from "../keys/same_value_zero.ts";
import type { Encoder, Plain } from "./encoder.ts";
import type { Table } from "./table.ts";
import type { Watch } from "./watches.ts";
import { WordBuffer } from "./word_buffer.ts";

/** Stands for the absence of a value, since a value can be `undefined`. */
export const NOTHING: unique symbol = Symbol("nothing");

/** So often a function may change its key through another object of the map before `update` gives up. */
const MAX_DETOURS = 100;

/** What a change returns, and what it writes. */
interface Change<Result> {
  readonly result: Result;
  readonly plain: Plain | typeof NOTHING;
}

/**
 * The operations that call a function of the caller, or the codec, between reading a key and writing to it. What that function
 * writes to the key is overwritten; what other threads write is not.
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

  /** Returns the value of `key`; if there is none, sets it to what `compute` returns, unless another thread was quicker. */
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

  /** Sets `key` to what `fn` returns for its value; `fn` is called again if another thread wrote in between. */
  update(key: K, fn: (current: V | undefined) => V | undefined): V | undefined {
    return this.#change(key, (current) => {
      const next = fn(current);
      return { result: next, plain: next === undefined ? NOTHING : this.#encoder.plainOf(next) };
    });
  }

  /** Sets or deletes `key` and returns the value it had. If the codec can't decode that, nothing is changed. */
  replace(key: K, plain: Plain | typeof NOTHING): V | undefined {
    return this.#change(key, (current) => ({ result: current, plain }));
  }

  #change<Result>(key: K, fn: (current: V | undefined) => Change<Result>): Result {
    const table = this.#table;
    const encoder = this.#encoder;
    let detours = 0;
    while (true) {
      encoder.fillKey(this.#key, key);
      const before = table.read(this.#key) ? encoder.plainRead(table.value) : NOTHING;
      const { result: { result, plain }, watch } = this.#watched(() =>
        fn(before === NOTHING ? undefined : encoder.valueOf(before))
      );
      encoder.fillKey(this.#key, key);
      const isThereNow = table.read(this.#key);
      if (!this.#isOwn(watch) && !this.#isStill(before, isThereNow)) {
        if (watch.hasDetour && ++detours === MAX_DETOURS) throw this.#detourError();
        continue;
      }
      if (plain === NOTHING && !isThereNow) return result;
      if (plain !== NOTHING) encoder.fill(this.#value, plain);
      if (table.replace(this.#key, plain === NOTHING ? undefined : this.#value)) return result;
    }
  }

  #detourError(): Error {
    const reason = "the function changes the key through another object of the map each time it is called";
    return new Error(`Cannot update ${this.#table.name}: ${reason}: called ${MAX_DETOURS} times`);
  }

  /** Calls `fn`, and says what the slot that is open was like before, and what this thread has done to it meanwhile. */
  #watched<Result>(fn: () => Result): { result: Result; watch: Watch } {
    const watch = this.#table.watch();
    try {
      return { result: fn(), watch };
    } finally {
      this.#table.unwatch(watch);
    }
  }

  /** Whether nobody but this table has written to the slot that is open since it began to be watched. */
  #isOwn({ slot, version, generation, exchanges, clears }: Watch): boolean {
    const { exports } = this.#table;
    return exports.openedSlot() === slot && exports.openedVersion() === (version + exchanges | 0) &&
      exports.generation() === generation + clears;
  }

  /** Whether the key that was just read has the value it had before: another key of its slot may have been written to. */
  #isStill(before: Plain | typeof NOTHING, isThere: boolean): boolean {
    if (before === NOTHING || !isThere) return before === NOTHING && !isThere;
    this.#encoder.fill(this.#value, before);
    return this.#table.value.equals(this.#value);
  }
}
