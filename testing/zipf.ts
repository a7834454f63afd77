/** Draws ranks by Zipf's law: rank r, counted from 1, comes up in proportion to 1 / r ** exponent. */
export class Zipf {
  /** The cumulative probability of each rank. */
  readonly #upTo: Float64Array;
  readonly #random: () => number;

  /**
   * O(ranks) in time and memory.
   *
   * @param ranks How many ranks there are.
   * @param exponent How steep the law is: 0 makes all ranks equally likely; real requests are often near 1.
   * @param random Returns numbers from 0 (included) to 1 (excluded).
   */
  constructor(ranks: number, exponent: number, random: () => number) {
    this.#upTo = new Float64Array(ranks);
    this.#random = random;
    let sum = 0;
    for (let rank = 1; rank <= ranks; rank++) this.#upTo[rank - 1] = sum += rank ** -exponent;
    for (let at = 0; at < ranks; at++) this.#upTo[at] = (this.#upTo[at] as number) / sum;
  }

  /** Returns the next rank, from 1. O(log ranks). */
  next(): number {
    const drawn = this.#random();
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#upTo[middle] as number) > drawn) high = middle;
      else low = middle + 1;
    }
    return low + 1;
  }
}
