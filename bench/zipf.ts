/** Draws from `items` by Zipf's law: the one at rank r as often as 1 / r^`exponent`; with 0, all alike. Every run draws the same. */
export function zipfDraws<T>(items: readonly T[], exponent: number, draws: number): T[] {
  let sum = 0;
  const sums = Float64Array.from(items, (_, index) => sum += 1 / (index + 1) ** exponent);
  let state = 1;
  return Array.from({ length: draws }, () => {
    // Park and Miller's generator.
    state = state * 48271 % 2147483647;
    return items[firstAbove(sums, state / 2147483647 * sum)] as T;
  });
}

/** The index of the first of these ascending numbers that is above `value`. */
function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  for (let high = ascending.length - 1; low < high;) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
