import { systemClock } from "../../clock.ts";
import type { DigestedKey, DigestRequest, DigestSums, EntryDigests } from "../../digests/entry_digests.ts";
import { PageDigests, type StoredBytes } from "../../digests/page_digests.ts";
import type { Codec } from "../codec.ts";
import { encodeUtf8 } from "../utf8.ts";
import type { Table } from "./table.ts";

/** A page has so many rows at most, and about so many bytes of values, unless a single one is longer. */
const MAX_ROWS = 256;
const PAGE_BYTES = 2 ** 18;

/** Digests of the rows of a table, computed in this process: a page, then others get their turn. */
export class TableDigests<K> implements EntryDigests<K> {
  readonly hashes = ["sha256", "sha1"] as const;
  readonly #table: Table;
  readonly codec: Codec<unknown>;
  readonly #decodeKey: (key: Uint8Array) => K;

  constructor(table: Table, codec: Codec<unknown>, decodeKey: (key: Uint8Array) => K) {
    this.#table = table;
    this.codec = codec;
    this.#decodeKey = decodeKey;
  }

  async *sums(request: DigestRequest, bits: number): AsyncGenerator<DigestSums> {
    const pages = new PageDigests(request);
    for await (const page of this.#pages(request)) yield pages.sums(page, bits);
  }

  async *digests(request: DigestRequest): AsyncGenerator<readonly DigestedKey<K>[]> {
    const pages = new PageDigests(request);
    for await (const page of this.#pages(request)) yield pages.digests(page, this.#decodeKey);
  }

  async *#pages({ signal }: DigestRequest): AsyncGenerator<readonly StoredBytes[]> {
    // Before all keys: each begins with a byte for its type, which is not 0.
    let after: Uint8Array = new Uint8Array(1);
    let length = 8;
    for (;;) {
      signal?.throwIfAborted();
      const rows = this.#table.entryPage(after, length);
      const page = rows.map(({ key, value }) => [key, typeof value === "string" ? encodeUtf8(value) : value] as const);
      yield page;
      if (rows.length < length) return;
      after = rows.at(-1)!.key;
      const bytes = page.reduce((sum, [, value]) => sum + value.length, 1);
      length = Math.max(1, Math.min(MAX_ROWS, 2 * length, Math.floor(length * PAGE_BYTES / bytes)));
      await new Promise<void>((resolve) => void systemClock.schedule(resolve, 0));
    }
  }
}
