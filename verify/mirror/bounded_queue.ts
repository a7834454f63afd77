/** A first-in-first-out queue with a maximum length, in a ring that grows as needed. All methods are O(1), amortized. */
export class BoundedQueue<T> {
  readonly #maxLength: number;
  #ring: (T | undefined)[] = new Array(16).fill(undefined);
  #head = 0;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds `item` at the end, and returns whether there was room. */
  push(item: T): boolean {
    if (this.#length === this.#maxLength) return false;
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = item;
    this.#length++;
    return true;
  }

  /** Removes the first item and returns it. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return item;
  }

  #grow(): void {
    const ordered = this.#ring.slice(this.#head).concat(this.#ring.slice(0, this.#head));
    this.#ring = ordered.concat(new Array(ordered.length).fill(undefined));
    this.#head = 0;
  }
}
