/**
 * What all of `works` resolve to. Resolves, or rejects, when all have ended: unlike `Promise.all`, which leaves the others under way
 * when one rejects.
 *
 * @throws What the first of them rejected with.
 */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<readonly T[]> {
  return (await Promise.allSettled(works)).map((ended) => {
    if (ended.status === "rejected") throw ended.reason;
    return ended.value;
  });
}
