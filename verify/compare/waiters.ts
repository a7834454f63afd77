/** Those who wait until all comparisons up to a number have ended. */
export class Waiters {
  #waiters: { readonly number: number; readonly resolve: () => void }[] = [];

  get isEmpty(): boolean {
    return this.#waiters.length === 0;
  }

  /** Resolves when all comparisons up to the one with this number have ended. */
  waitFor(number: number): Promise<void> {
    return new Promise((resolve) => this.#waiters.push({ number, resolve }));
  }

  /** Tells those who wait for none of the comparisons from `firstLeft` on. */
  resolveBefore(firstLeft: number): void {
    const ended = this.#waiters.filter(({ number }) => number < firstLeft);
    this.#waiters = this.#waiters.filter(({ number }) => number >= firstLeft);
    for (const { resolve } of ended) resolve();
  }
}
