/**
 * The pairs of objects that a comparison has met. Meeting a pair again, in a cycle or by another path, says nothing new:
 * either its first comparison finds a difference, or the pair may be assumed equal.
 */
export class AssumedPairs {
  readonly #partners = new Map<object, Set<object>>();
  /** The remembered pairs in the order in which they came. */
  readonly #pairs: [object, object][] = [];

  /** How many pairs are remembered. */
  get size(): number {
    return this.#pairs.length;
  }

  /** Assumes that a pair is equal. Returns whether that is new. */
  add(a: object, b: object): boolean {
    const partners = this.#partners.get(a);
    if (partners === undefined) this.#partners.set(a, new Set([b]));
    else if (partners.has(b)) return false;
    else partners.add(b);
    this.#pairs.push([a, b]);
    return true;
  }

  /** Drops the assumptions that were made since there were `size` of them. */
  cutTo(size: number): void {
    for (const [a, b] of this.#pairs.splice(size)) this.#partners.get(a)?.delete(b);
  }
}
