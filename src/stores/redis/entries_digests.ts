import type { DigestedKey, DigestRequest, DigestSums, EntryDigests } from "../../digests/entry_digests.ts";
import { digestsIn, sumsOf } from "./digest_script.ts";
import type { RedisEntries } from "./entries.ts";

/** Digests that the server computes. */
export class EntriesDigests<K> implements EntryDigests<K> {
  readonly codec: unknown;
  readonly hashes = ["sha1"] as const;
  readonly #entries: RedisEntries;
  readonly #decodeKey: (key: Uint8Array) => K;

  constructor(entries: RedisEntries, codec: unknown, decodeKey: (key: Uint8Array) => K) {
    this.#entries = entries;
    this.codec = codec;
    this.#decodeKey = decodeKey;
  }

  async *sums(request: DigestRequest, bits: number): AsyncGenerator<DigestSums> {
    for await (const page of this.#entries.digestPages(request, bits)) {
      yield { entries: page.entries, sums: sumsOf(page) };
    }
  }

  async *digests(request: DigestRequest): AsyncGenerator<readonly DigestedKey<K>[]> {
    for await (const page of this.#entries.digestPages(request, undefined)) {
      const digests = digestsIn(page);
      yield page.keys.map((key, at) => [this.#decodeKey(key), digests[at]!] as const);
    }
  }
}
