/** The computation of a value that is under way, for all who wait for it. */
export interface Flight<V> {
  /** The value that the key has in the end. */
  readonly result: Promise<V>;
  /**
   * Whether the value is being stored. Who comes now must not wait for it alone: it may have been stored, and changed
   * again, before they came.
   */
  readonly isStoring: boolean;
}

/** A look at a key. */
export interface Look {
  /** Whether a flight of the key ended meanwhile: if the key was found absent, it must be looked at again. */
  readonly isOutdated: boolean;
  /** Ends the look. */
  readonly end: () => void;
}

/**
 * Computes the value of each key once for all who want it at the same time (single flight). Nothing is kept of a flight
 * that has ended.
 */
export class Flights<V> {
  readonly #flights = new Map<unknown, Flight<V>>();
  readonly #looks = new Map<unknown, Set<{ isOutdated: boolean }>>();

  /** The flight of a key, if it is under way. */
  get(id: unknown): Flight<V> | undefined {
    return this.#flights.get(id);
  }

  /** Begins a look at a key. */
  look(id: unknown): Look {
    const looks = this.#looks.get(id) ?? new Set();
    const look = {
      isOutdated: false,
      end: () => {
        looks.delete(look);
        if (looks.size === 0) this.#looks.delete(id);
      },
    };
    this.#looks.set(id, looks.add(look));
    return look;
  }

  /**
   * Begins the flight of a key that has none.
   *
   * @param id What stands for the key.
   * @param run Computes the value, calls `storing`, and stores it.
   */
  begin(id: unknown, run: (storing: () => void) => Promise<V>): void {
    let isStoring = false;
    const result = run(() => isStoring = true).finally(() => this.#end(id));
    // Everyone who waits may have gone.
    result.catch(() => {});
    this.#flights.set(id, {
      result,
      get isStoring() {
        return isStoring;
      },
    });
  }

  #end(id: unknown): void {
    this.#flights.delete(id);
    for (const look of this.#looks.get(id) ?? []) look.isOutdated = true;
  }
}
