/**
 * Resolves, or rejects, when all of `works` have ended: unlike `Promise.all`, which leaves the others under way when one rejects.
 *
 * @throws What the first of them rejected with.
 */
export async function allEnded(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === "rejected");
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}
