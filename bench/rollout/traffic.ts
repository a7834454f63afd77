/**
 * Key visits at an even rate, some of which find a diff. The gaps between diffs are drawn from the geometric distribution, so
 * that a quiet hour costs no more time than a quiet second.
 */
export class Traffic {
  readonly perSecond: number;
  readonly #settleSeconds: number;
  readonly #random: () => number;
  #rate = 0;
  /** Which visit, from the beginning, finds the next diff. */
  #nextDiff = Infinity;

  /**
   * @param perSecond How many key visits there are a second.
   * @param settleMs How long after its visit a diff is confirmed.
   * @param random Returns numbers from 0 (included) to 1 (excluded).
   */
  constructor(perSecond: number, settleMs: number, random: () => number) {
    this.perSecond = perSecond;
    this.#settleSeconds = settleMs / 1_000;
    this.#random = random;
  }

  /** Has a share of `rate` of the visits find a diff from `atSecond` on, which may be a part of a second. */
  fail(rate: number, atSecond: number): void {
    this.#rate = rate;
    this.#nextDiff = Math.floor(atSecond * this.perSecond) + this.#gap();
  }

  /** The second at whose end the next diff is known. */
  get nextDiffSecond(): number {
    return Math.ceil(this.#nextDiff / this.perSecond + this.#settleSeconds);
  }

  /** Takes the diffs that are known at the end of `second`, and returns how many there are. */
  take(second: number): number {
    let diffs = 0;
    for (; this.nextDiffSecond <= second; this.#nextDiff += this.#gap()) diffs++;
    return diffs;
  }

  #gap(): number {
    if (this.#rate === 0) return Infinity;
    return 1 + Math.floor(Math.log1p(-this.#random()) / Math.log1p(-this.#rate));
  }
}
