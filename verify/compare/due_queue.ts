/**
 * The comparisons that are due: a first-in-first-out queue with a maximum length, in a ring that grows as needed.
 *
 * A comparison is its subject, the operation that made it due, and the hash of its key, if the caller knew it. They stand in
 * rings side by side, so that a caller who makes a comparison due creates no object. That is why it is not a `BoundedQueue`, whose ring it repeats. All methods
 * are O(1), amortized.
 */
export class DueQueue<S> {
  readonly #maxLength: number;
  #subjects: (S | undefined)[] = new Array(64).fill(undefined);
  #operations: string[] = new Array(64).fill("");
  #hashes: number[] = new Array(64).fill(0);
  #head = 0;
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get length(): number {
    return this.#length;
  }

  /** The subject of the next comparison; the queue must not be empty. */
  get subject(): S {
    return this.#subjects[this.#head] as S;
  }

  /** The subject of the comparison that comes `index` after the next one; the queue must have that many. */
  at(index: number): S {
    return this.#subjects[(this.#head + index) & (this.#subjects.length - 1)] as S;
  }

  /** The operation of the next comparison. */
  get operation(): string {
    return this.#operations[this.#head] as string;
  }

  /** The hash of the key of the next comparison; 0 if it is not known. */
  get hash(): number {
    return this.#hashes[this.#head] as number;
  }

  /** Adds a comparison at the end, and returns whether there was room. */
  push(subject: S, operation: string, hash: number): boolean {
    if (this.#length === this.#maxLength) return false;
    if (this.#length === this.#subjects.length) this.#grow();
    const place = (this.#head + this.#length) & (this.#subjects.length - 1);
    this.#subjects[place] = subject;
    this.#operations[place] = operation;
    this.#hashes[place] = hash;
    this.#length++;
    return true;
  }

  /** Removes the next comparison. */
  shift(): void {
    this.#subjects[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#subjects.length - 1);
    this.#length--;
  }

  /** Removes all comparisons. */
  clear(): void {
    while (this.#length > 0) this.shift();
  }

  #grow(): void {
    const room = this.#length;
    this.#subjects = inOrder(this.#subjects, this.#head).concat(new Array(room).fill(undefined));
    this.#operations = inOrder(this.#operations, this.#head).concat(new Array(room).fill(""));
    this.#hashes = inOrder(this.#hashes, this.#head).concat(new Array(room).fill(0));
    this.#head = 0;
  }
}

function inOrder<T>(ring: T[], head: number): T[] {
  return ring.slice(head).concat(ring.slice(0, head));
}
