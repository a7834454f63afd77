/**
 * The pairs of objects that a comparison has met. Meeting a pair again, in a cycle or by another path, says nothing new:
 * either its first comparison finds a difference, or the pair may be assumed equal.
 */
export class AssumedPairs {
  /** Most objects have one partner only. */
  readonly #partner = new Map<object, object>();
  readonly #furtherPartners = new Map<object, Set<object>>();
  /** The remembered pairs in the order in which they came: the two objects of each. */
  readonly #pairs: object[] = [];

  /** How many pairs are remembered. */
  get size(): number {
    return this.#pairs.length / 2;
  }

  /** Assumes that a pair is equal. Returns whether that is new. */
  add(a: object, b: object): boolean {
    const partner = this.#partner.get(a);
    if (partner === b) return false;
    if (partner === undefined) this.#partner.set(a, b);
    else if (!this.#addFurther(a, b)) return false;
    this.#pairs.push(a, b);
    return true;
  }

  #addFurther(a: object, b: object): boolean {
    const partners = this.#furtherPartners.get(a);
    if (partners === undefined) this.#furtherPartners.set(a, new Set([b]));
    else if (partners.has(b)) return false;
    else partners.add(b);
    return true;
  }

  /** Drops the assumptions that were made since there were `size` of them. */
  cutTo(size: number): void {
    while (this.#pairs.length > 2 * size) {
      const b = this.#pairs.pop();
      const a = this.#pairs.pop() as object;
      // The first partner came first, so that it is dropped last.
      if (this.#partner.get(a) === b) this.#partner.delete(a);
      else this.#furtherPartners.get(a)?.delete(b as object);
    }
  }
}
