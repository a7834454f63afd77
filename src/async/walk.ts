/**
 * Walks over entries, one step after the other.
 *
 * @param entries The entries of a store.
 * @param step Waits for each step; if it rejects, the walk ends.
 */
export async function* walk<Entry>(
  entries: AsyncIterable<Entry>,
  step: <T>(begin: () => PromiseLike<T>) => Promise<T>,
): AsyncGenerator<Entry, undefined> {
  const iterator = entries[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await step(() => iterator.next());
      isOver = done === true;
      if (isOver) return;
      yield value;
    }
  } finally {
    if (!isOver) end(iterator);
  }
}

/** Lets the store free what a walk holds. A step that hangs makes this hang too, so nobody waits for it. */
function end(iterator: AsyncIterator<unknown>): void {
  iterator.return?.().catch(() => {});
}
