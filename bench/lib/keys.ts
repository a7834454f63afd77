/** How many keys the maps of a benchmark have. */
export const KEY_COUNT = 100_000;

/** Keys of 13 characters, each its own string, like a key parsed from a request. */
const keys: readonly string[] = JSON.parse(JSON.stringify(
  Array.from({ length: KEY_COUNT }, (_, index) => `user:${(index * 2654435761 >>> 0).toString(16).padStart(8, "0")}`),
));

/** All keys, in an order unrelated to the order of insertion. */
export const shuffledKeys: readonly string[] = shuffled(keys);

/** Returns a map of all keys. */
export function filledMap(): Map<string, number> {
  return new Map(keys.map((key, index) => [key, index]));
}

/** Fisher and Yates's shuffle with Park and Miller's generator and a fixed seed: the same order in every run. */
function shuffled(items: readonly string[]): string[] {
  const order = items.slice();
  let state = 1;
  for (let index = order.length - 1; index > 0; index--) {
    state = state * 48271 % 2147483647;
    const other = state % (index + 1);
    [order[index], order[other]] = [order[other] as string, order[index] as string];
  }
  return order;
}
