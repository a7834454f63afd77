import type { Awaitable } from "../async_concurrent_map.ts";
import type { DigestRequest, EntryDigests } from "./entry_digests.ts";

/** Has each page of digests read by `step`, which ends it in time and makes errors of the map out of those of the store. */
export function stepwise<K>(
  digests: EntryDigests<K>,
  step: <T>(options: Pick<DigestRequest, "signal">, next: () => Awaitable<T>) => Promise<T>,
): EntryDigests<K> {
  async function* walk<Page>(pages: AsyncIterable<Page>, { signal }: DigestRequest): AsyncGenerator<Page> {
    const iterator = pages[Symbol.asyncIterator]();
    for (;;) {
      const next = await step({ signal }, () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }
  return {
    codec: digests.codec,
    hashes: digests.hashes,
    sums: (request, bits) => walk(digests.sums(request, bits), request),
    digests: (request) => walk(digests.digests(request), request),
  };
}
