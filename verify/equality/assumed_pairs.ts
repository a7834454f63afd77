/**
 * The pairs of objects that were met. To meet one again, in a cycle or by another way, tells nothing new: either it is
 * found to differ the first time, or it may be taken as equal.
 */
export class AssumedPairs {
  readonly #partners = new Map<object, Set<object>>();
  /** The remembered pairs in the order in which they came. */
  readonly #pairs: [object, object][] = [];

  /** How many pairs are remembered. */
  get size(): number {
    return this.#pairs.length;
  }

  /** Assumes a pair to be equal, and tells whether it was not assumed so before. */
  add(a: object, b: object): boolean {
    const partners = this.#partners.get(a);
    if (partners === undefined) this.#partners.set(a, new Set([b]));
    else if (partners.has(b)) return false;
    else partners.add(b);
    this.#pairs.push([a, b]);
    return true;
  }

  /** Takes back the assumptions made since there were `size` of them. */
  cutTo(size: number): void {
    for (const [a, b] of this.#pairs.splice(size)) this.#partners.get(a)?.delete(b);
  }
}
