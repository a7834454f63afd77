import { AbstractAsyncMap, type AsyncStore, type Traits } from "@twinmap/twinmap";

/** The traits of a map over a store in which it differs from the defaults. */
export const STORE_TRAITS: Partial<Traits> = { scope: "store", snapshot: "none", maxEntries: Infinity };

/** A map over a store, with these traits. */
export class StoreMap extends AbstractAsyncMap<unknown, unknown> {
  readonly #traits: Partial<Traits>;

  constructor(store: AsyncStore<unknown, unknown>, traits: Partial<Traits> = {}) {
    super(store);
    this.#traits = traits;
  }

  override get traits(): Traits {
    return { ...super.traits, ...this.#traits };
  }
}
