/** A turn in the queues of some keys. */
export interface Turn {
  /** Resolves when it is this place's turn for all its keys; `undefined` if it is at once. */
  readonly ready: Promise<void> | undefined;
  /** Gives the place up, when its work is done or before its turn came. To be called once. */
  readonly leave: () => void;
}

/** A place in the queues of some keys. */
interface Place {
  readonly keys: readonly unknown[];
  /** In how many of the queues another place comes just before it. */
  ahead: number;
  /** The places that come just after it. */
  readonly behind: Place[];
  /** Begins its turn. */
  begin: () => void;
  /** Whether it was given up. One that was given up early still has those before it to wait for. */
  isLeft: boolean;
}

/**
 * A queue for each key, first come, first served. Places for several keys are taken in one step, so that no two of them
 * wait for each other.
 */
export class KeyQueue {
  /** The last place of each key's queue. A key that nobody uses has none. */
  readonly #last = new Map<unknown, Place>();
  #length = 0;

  /** How many places there are, over all keys. */
  get length(): number {
    return this.#length;
  }

  /** Takes a place at the end of the queue of each of `keys`, which differ. O(keys). */
  enter(keys: readonly unknown[]): Turn {
    const place: Place = { keys, ahead: 0, behind: [], begin: nothing, isLeft: false };
    for (const key of keys) {
      const before = this.#last.get(key);
      this.#last.set(key, place);
      if (before === undefined) continue;
      before.behind.push(place);
      place.ahead++;
    }
    this.#length++;
    const ready = place.ahead === 0 ? undefined : new Promise<void>((resolve) => place.begin = resolve);
    return { ready, leave: () => this.#leave(place) };
  }

  #leave(left: Place): void {
    left.isLeft = true;
    if (left.ahead > 0) return;
    const over = [left];
    for (const place of over) {
      this.#length--;
      for (const key of place.keys) if (this.#last.get(key) === place) this.#last.delete(key);
      for (const next of place.behind) {
        if (--next.ahead > 0) continue;
        if (next.isLeft) over.push(next);
        else next.begin();
      }
    }
  }
}

function nothing(): void {}
