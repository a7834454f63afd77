import type { Table } from "./table.ts";
import type { Moment } from "./watches.ts";

/** A value, and the slot that it was read from. */
interface Kept {
  readonly value: unknown;
  readonly slot: number;
  readonly version: number;
}

/** So many keys are kept, and up to as many again that were not asked for since. */
const MAX_KEPT = 2 ** 17;
/** Longer texts take more memory than it is worth. */
const MAX_CHARACTERS = 128;

/**
 * The values that this thread has decoded, by their keys. Each is right until the key's slot is written to. What hasn't been asked
 * for in a while is forgotten.
 */
export class KeptValues {
  #recent = new Map<string, Kept>();
  #older = new Map<string, Kept>();
  /** The generation of the map in which all of them were read. */
  #generation = 0;
  readonly #exports: Table["exports"];

  constructor({ exports }: Table) {
    this.#exports = exports;
  }

  /** What is kept of a key, if it is still right. */
  find(key: string): Kept | undefined {
    const kept = this.#recent.get(key) ?? this.#findOlder(key);
    if (kept === undefined) return undefined;
    return this.#exports.isStill(kept.slot, kept.version, this.#generation) !== 0 ? kept : undefined;
  }

  /** Keeps the value, a primitive, of a key that was just read. */
  keep(key: string, value: unknown, { slot, version, generation }: Moment): void {
    if (key.length > MAX_CHARACTERS || typeof value === "string" && value.length > MAX_CHARACTERS) return;
    if (this.#exports.isBeingSplit() !== 0) return;
    if (generation !== this.#generation) {
      this.#recent.clear();
      this.#older.clear();
      this.#generation = generation;
    }
    this.#keep(key, { value, slot, version });
  }

  #findOlder(key: string): Kept | undefined {
    const kept = this.#older.size > 0 ? this.#older.get(key) : undefined;
    if (kept !== undefined) this.#keep(key, kept);
    return kept;
  }

  #keep(key: string, kept: Kept): void {
    if (this.#recent.size >= MAX_KEPT) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(key, kept);
  }
}
