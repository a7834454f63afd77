/** How many keys the maps of a benchmark have. */
export const KEY_COUNT = 100_000;

/** Keys of 13 characters, each a string of its own as one that came in by a request is. */
const keys: readonly string[] = JSON.parse(JSON.stringify(
  Array.from({ length: KEY_COUNT }, (_, index) => `user:${(index * 2654435761 >>> 0).toString(16).padStart(8, "0")}`),
));

/** All keys, in an order that has nothing to do with that in which they came into the maps. */
export const shuffledKeys: readonly string[] = shuffled(keys);

/** A map of all keys. */
export function filledMap(): Map<string, number> {
  return new Map(keys.map((key, index) => [key, index]));
}

/** Fisher and Yates's shuffle, by a generator with a fixed seed (Park and Miller's), so that every run is in one order. */
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
