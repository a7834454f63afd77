import type { DigestedKey, DigestRequest, DigestSums } from "./entry_digests.ts";
import { added, bucketOf, EntryHasher, membershipOf } from "./entry_hasher.ts";

/** An entry as it is stored. */
export type StoredBytes = readonly [key: Uint8Array, value: Uint8Array];

/** Digests entries in this process, as pages of them are read. */
export class PageDigests {
  readonly #hasher: EntryHasher;
  readonly #isWanted: (keyHash: number) => boolean;

  constructor(request: DigestRequest) {
    this.#hasher = new EntryHasher(request);
    this.#isWanted = membershipOf(request.within);
  }

  /** The sums of a page. */
  sums(page: readonly StoredBytes[], bits: number): DigestSums {
    const sums = new Map<number, number>();
    let entries = 0;
    for (const [key, value] of page) {
      const keyHash = this.#hasher.ofKey(key);
      if (!this.#isWanted(keyHash)) continue;
      const bucket = bucketOf(keyHash, bits);
      sums.set(bucket, added(sums.get(bucket) ?? 0, this.#hasher.ofEntry(value)));
      entries++;
    }
    return { entries, sums };
  }

  /** The digests of a page. */
  digests<K>(page: readonly StoredBytes[], decodeKey: (key: Uint8Array) => K): DigestedKey<K>[] {
    return page.flatMap(([key, value]) =>
      this.#isWanted(this.#hasher.ofKey(key)) ? [[decodeKey(key), this.#hasher.ofEntry(value)] as const] : []
    );
  }
}
