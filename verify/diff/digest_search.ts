import type { Buckets, DigestedMap, DigestRequest, EntryDigests } from "../../src/digests/entry_digests.ts";
import { added } from "../../src/digests/entry_hasher.ts";
import { hasMethod } from "../../src/options.ts";
import { keyIdentity } from "../../src/stores/key_identity.ts";
import type { DiffProgress } from "./progress.ts";

/** How far the search goes. */
export interface DigestLimits {
  /** How many more bits of a key's hash tell buckets apart with each walk. */
  readonly bits: number;
  /** The most bits that do. */
  readonly maxBits: number;
  /** About how many keys are kept in memory: no more than so many are listed with their digests. */
  readonly maxKeys: number;
}

/** A map of a million entries takes two walks, one of a hundred million three. */
export const DIGEST_LIMITS: DigestLimits = { bits: 7, maxBits: 21, maxKeys: 2 ** 17 };

/** If more of the buckets differ, it takes less to look at each key. */
const MAX_SHARE = 1 / 2;

/**
 * Finds the keys whose entries have different bytes, by digests that the two maps compute where they are.
 *
 * First, the digests of all entries of a bucket are added up, for some buckets. Those whose sums differ are divided into more, until few
 * enough keys are in them to compare the digest of each.
 */
export class DigestSearch<K> {
  readonly #old: EntryDigests<K>;
  readonly #new: EntryDigests<K>;
  readonly #request: Omit<DigestRequest, "within">;
  readonly #limits: DigestLimits;
  readonly #progress: DiffProgress;

  private constructor(
    [old, next]: readonly [EntryDigests<K>, EntryDigests<K>],
    request: Omit<DigestRequest, "within">,
    progress: DiffProgress,
    limits: DigestLimits,
  ) {
    this.#old = old;
    this.#new = next;
    this.#request = request;
    this.#progress = progress;
    this.#limits = limits;
  }

  /** A search over two maps; `undefined` if they have no digests that can be compared. */
  static over<K>(
    oldMap: object,
    newMap: object,
    progress: DiffProgress,
    signal: AbortSignal | undefined,
    limits: DigestLimits = DIGEST_LIMITS,
  ): DigestSearch<K> | undefined {
    const [old, next] = [digestsOf<K>(oldMap), digestsOf<K>(newMap)];
    const hash = old?.hashes.find((name) => next?.hashes.includes(name));
    if (old === undefined || next === undefined || hash === undefined || old.codec !== next.codec) return undefined;
    return new DigestSearch([old, next], { hash, secret: makeSecret(), signal }, progress, limits);
  }

  /** The keys; `undefined` if so many buckets differ that it takes less to look at all keys. */
  async find(): Promise<readonly K[] | undefined> {
    const { bits, maxBits, maxKeys } = this.#limits;
    let within: Buckets = { bits: 0, numbers: [0] };
    for (;;) {
      const finer = Math.min(within.bits + bits, maxBits);
      const [old, next] = await Promise.all([
        this.#sums(this.#old, within, finer),
        this.#sums(this.#new, within, finer),
      ]);
      const numbers = differing(old.sums, next.sums);
      const share = numbers.length / (within.numbers.length * 2 ** (finer - within.bits));
      within = { bits: finer, numbers };
      if (share * Math.max(old.entries, next.entries) <= maxKeys) return await this.#list(within);
      if (share > MAX_SHARE || finer === maxBits) return undefined;
    }
  }

  async #sums(
    side: EntryDigests<K>,
    within: Buckets,
    bits: number,
  ): Promise<{ readonly entries: number; readonly sums: ReadonlyMap<number, number> }> {
    const total = new Map<number, number>();
    let entries = 0;
    for await (const part of side.sums({ ...this.#request, within }, bits)) {
      for (const [bucket, sum] of part.sums) total.set(bucket, added(total.get(bucket) ?? 0, sum));
      entries += part.entries;
      this.#progress.entries += part.entries;
    }
    return { entries, sums: total };
  }

  /** The keys in some buckets that are not on both sides with the same digest. */
  async #list(within: Buckets): Promise<readonly K[]> {
    if (within.numbers.length === 0) return [];
    const suspects = new Map<unknown, { readonly key: K; readonly digest: number }>();
    for await (const page of this.#old.digests({ ...this.#request, within })) {
      for (const [key, digest] of page) suspects.set(identityOf(key), { key, digest });
      this.#progress.entries += page.length;
    }
    for await (const page of this.#new.digests({ ...this.#request, within })) {
      for (const [key, digest] of page) {
        const id = identityOf(key);
        if (suspects.get(id)?.digest === digest) suspects.delete(id);
        else suspects.set(id, { key, digest });
      }
      this.#progress.entries += page.length;
    }
    return Array.from(suspects.values(), ({ key }) => key);
  }
}

function digestsOf<K>(map: object): EntryDigests<K> | undefined {
  const { entryDigests } = map as Partial<DigestedMap<K>>;
  return hasMethod(entryDigests, "sums") && hasMethod(entryDigests, "digests") ? entryDigests : undefined;
}

function differing(old: ReadonlyMap<number, number>, next: ReadonlyMap<number, number>): number[] {
  return [...new Set([...old.keys(), ...next.keys()])].filter((bucket) => old.get(bucket) !== next.get(bucket));
}

function identityOf(key: unknown): unknown {
  return key instanceof Uint8Array ? keyIdentity("diff", key) : key;
}

function makeSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
