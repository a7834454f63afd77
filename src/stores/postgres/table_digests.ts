import type { DigestedKey, DigestRequest, DigestSums, EntryDigests } from "../../digests/entry_digests.ts";
import { DIGEST_BITS } from "../../digests/entry_hasher.ts";
import { PageDigests } from "../../digests/page_digests.ts";
import type { PostgresParameter, PostgresRow } from "./client.ts";
import type { Statements } from "./statements.ts";

/** A page that the server digests has so many rows at most, and about so many bytes of values, unless a single one is longer. */
const MAX_ROWS = 4_096;
const PAGE_BYTES = 2 ** 22;
/** Before all keys: each begins with a byte for its type, which is not 0. */
const FIRST = new Uint8Array(1);

/** What the digests need of the table. */
export interface DigestedTable {
  /** Sends a statement. */
  run(name: keyof Statements, ...parameters: PostgresParameter[]): Promise<readonly PostgresRow[]>;
  /** The rows, in pages. */
  pages(): AsyncIterable<readonly PostgresRow[]>;
}

/** Digests of the rows of a table: SHA-256 on the server, SHA-1, which it lacks, of the rows that it sends. */
export class TableDigests<K> implements EntryDigests<K> {
  readonly codec: unknown;
  readonly hashes = ["sha256", "sha1"] as const;
  readonly #table: DigestedTable;
  readonly #decodeKey: (key: Uint8Array) => K;

  constructor(table: DigestedTable, codec: unknown, decodeKey: (key: Uint8Array) => K) {
    this.#table = table;
    this.codec = codec;
    this.#decodeKey = decodeKey;
  }

  async *sums(request: DigestRequest, bits: number): AsyncGenerator<DigestSums> {
    if (request.hash === "sha1") {
      const digests = new PageDigests(request);
      for await (const rows of this.#table.pages()) yield digests.sums(rows.map(storedBytes), bits);
      return;
    }
    for await (const rows of this.#digested("digestSums", request, String(DIGEST_BITS - bits))) {
      const entries = rows.reduce((sum, row) => sum + Number(row.entries), 0);
      yield { entries, sums: rows.map(({ bucket, sum }) => [Number(bucket), Number(sum)] as const) };
    }
  }

  async *digests(request: DigestRequest): AsyncGenerator<readonly DigestedKey<K>[]> {
    if (request.hash === "sha1") {
      const digests = new PageDigests(request);
      for await (const rows of this.#table.pages()) yield digests.digests(rows.map(storedBytes), this.#decodeKey);
      return;
    }
    for await (const rows of this.#digested("digests", request)) {
      yield rows.map(({ key, digest }) => [this.#decodeKey(key as Uint8Array), Number(digest)] as const);
    }
  }

  /** The last row of each answer is about the page: its last key, and how many rows and bytes it has. */
  async *#digested(
    name: "digestSums" | "digests",
    { secret, within: { bits, numbers } }: DigestRequest,
    ...parameters: readonly PostgresParameter[]
  ): AsyncGenerator<readonly PostgresRow[]> {
    let [after, length] = [FIRST, 64];
    for (;;) {
      const range = [after, length, secret, DIGEST_BITS - bits, numbers.join()] as const;
      const answer = await this.#table.run(name, ...range, ...parameters);
      const page = answer.at(-1)!;
      yield answer.slice(0, -1);
      if (Number(page.rows) < length) return;
      after = page.last as Uint8Array<ArrayBuffer>;
      const fitting = Math.floor(length * PAGE_BYTES / (Number(page.bytes) + 1));
      length = Math.max(1, Math.min(MAX_ROWS, 4 * length, fitting));
    }
  }
}

function storedBytes({ key, value }: PostgresRow): readonly [Uint8Array, Uint8Array] {
  return [key as Uint8Array, value as Uint8Array];
}
