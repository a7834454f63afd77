/** The computation of a value that is under way, for all who wait for it. */
export interface Flight<V> {
  /** The value that the key has in the end. */
  readonly result: Promise<V>;
  /**
   * Whether the value is being stored. Who comes now must look at the key again: it may have been stored, and changed, before they
   * came.
   */
  readonly isStoring: boolean;
}

/** Computes the value of each key once for all who wait for it (single flight). Nothing is kept of a flight that has ended. */
export class Flights<V> {
  readonly #flights = new Map<unknown, Flight<V>>();

  /** The flight of a key, if it is under way. */
  get(id: unknown): Flight<V> | undefined {
    return this.#flights.get(id);
  }

  /**
   * Begins the flight of a key that has none.
   *
   * @param id What stands for the key.
   * @param run Computes the value, calls `storing`, and stores it.
   */
  begin(id: unknown, run: (storing: () => void) => Promise<V>): Flight<V> {
    let isStoring = false;
    const result = run(() => isStoring = true).finally(() => this.#flights.delete(id));
    // Everyone who waits may have gone.
    result.catch(() => {});
    const flight = {
      result,
      get isStoring() {
        return isStoring;
      },
    };
    this.#flights.set(id, flight);
    return flight;
  }
}
