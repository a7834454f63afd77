/** Draws ranks as Zipf's law has them: rank r, from 1, comes up in proportion to 1 / r ** exponent. */
export class Zipf {
  /** For each rank, the probability of it or a lower one. */
  readonly #upTo: Float64Array;
  readonly #random: () => number;

  /**
   * O(ranks) in time and memory.
   *
   * @param ranks How many ranks there are.
   * @param exponent How steep it is: 0 makes all ranks alike, and what people ask for is often near 1.
   * @param random Gives numbers from 0 to 1, 1 excluded.
   */
  constructor(ranks: number, exponent: number, random: () => number) {
    this.#upTo = new Float64Array(ranks);
    this.#random = random;
    let sum = 0;
    for (let rank = 1; rank <= ranks; rank++) this.#upTo[rank - 1] = sum += rank ** -exponent;
    for (let at = 0; at < ranks; at++) this.#upTo[at] = (this.#upTo[at] as number) / sum;
  }

  /** The next rank, from 1. O(log ranks). */
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
