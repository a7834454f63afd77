import type { DenoKvAtomic, DenoKvDatabase, DenoKvEntry, DenoKvKey } from "./kv.ts";

/** The longest value of Deno KV, in bytes. */
const MAX_PART = 65_536;
/** How many bytes a commit takes: of values, and of keys, those that are set counted twice. */
const MAX_COMMIT = 819_200;
/** How many bytes of keys a commit sets. */
const MAX_COMMIT_KEYS = 81_920;
/** How many entries a commit writes. */
const MAX_MUTATIONS = 1_000;
const MAX_KEY = 2_048;
const MAX_PARTS = 12;
/**
 * The longest content that is split: what is left of a commit by the keys of the parts, and the one that is checked. The first part has a
 * byte for the number of parts.
 */
export const MAX_SPLIT_BYTES: number = MAX_COMMIT - 2 * MAX_KEY * (MAX_PARTS + 1) - 1;
/** The longest content that is not. */
export const MAX_WHOLE_BYTES: number = MAX_PART;
/** What the first byte of split content is, with the number of its parts. Content that is whole begins with ASCII. */
const SPLIT = 0x80;
/** How many keys Deno KV reads in one go. */
const MAX_READ = 10;
/** Deno KV takes no longer time. */
const MAX_EXPIRE_IN = 2 ** 50;

/** The content of a key, and its version. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly versionstamp: string;
}

/**
 * Contents of keys: bytes, which are split over several entries if they are too long for one. All parts of a content are written in one
 * commit, so that they have one version: if they do not, they were overwritten while they were read.
 */
export class Contents {
  readonly #kv: DenoKvDatabase;
  readonly #splits: boolean;

  /** `splits`: whether there may be parts under a key that is written to. */
  constructor(kv: DenoKvDatabase, splits: boolean) {
    this.#kv = kv;
    this.#splits = splits;
  }

  /** The content of a key. */
  async get(key: DenoKvKey): Promise<Content | undefined> {
    return await this.of(await this.#kv.get(key));
  }

  /** The contents of keys. */
  async getMany(keys: readonly DenoKvKey[]): Promise<(Content | undefined)[]> {
    return await Promise.all((await this.#read(keys)).map((entry) => this.of(entry)));
  }

  /** The content of the key of an entry that was read: another one if it was overwritten meanwhile. */
  async of(entry: DenoKvEntry): Promise<Content | undefined> {
    const key = entry.key as DenoKvKey;
    for (let now = entry, before: string | null = null;; now = await this.#kv.get(key)) {
      const { versionstamp } = now;
      if (versionstamp === null) return undefined;
      const { first, count } = firstPartOf(now);
      if (count === 1) return { bytes: first, versionstamp };
      // It was not overwritten, and yet parts are missing: they have expired, or are not those of a map.
      if (versionstamp === before) return { bytes: first, versionstamp };
      const parts = await this.#read(Array.from({ length: count - 1 }, (_, at) => [...key, at + 1]));
      if (parts.every((part) => part.versionstamp === versionstamp)) {
        return { bytes: joined([first, ...parts.map((part) => part.value as Uint8Array)]), versionstamp };
      }
      before = versionstamp;
    }
  }

  /** Adds the write of a content. */
  set(atomic: DenoKvAtomic, key: DenoKvKey, bytes: Uint8Array, ttlMs: number): void {
    const options = ttlMs === Infinity ? {} : { expireIn: Math.min(Math.max(1, Math.ceil(ttlMs)), MAX_EXPIRE_IN) };
    const parts = partsOf(bytes);
    for (const [at, part] of parts.entries()) atomic.set(at === 0 ? key : [...key, at], part, options);
    this.#deleteParts(atomic, key, parts.length);
  }

  /** Adds the removal of a content. */
  delete(atomic: DenoKvAtomic, key: DenoKvKey): void {
    atomic.delete(key);
    this.#deleteParts(atomic, key, 1);
  }

  /**
   * Which part of what one commit takes the write of a content is: its removal, if it has no bytes.
   *
   * @param keyBytes The most bytes that the key of one of its parts has.
   */
  shareOf(keyBytes: number, contentBytes = 0): number {
    const keys = this.#splits ? MAX_PARTS : 1;
    const parts = Math.ceil(contentBytes / (MAX_PART - 1));
    return Math.max(
      keys / MAX_MUTATIONS,
      parts * keyBytes / MAX_COMMIT_KEYS,
      ((keys + parts) * keyBytes + contentBytes) / MAX_COMMIT,
    );
  }

  #deleteParts(atomic: DenoKvAtomic, key: DenoKvKey, from: number): void {
    if (!this.#splits) return;
    for (let at = from; at < MAX_PARTS; at++) atomic.delete([...key, at]);
  }

  async #read(keys: readonly DenoKvKey[]): Promise<DenoKvEntry[]> {
    const pages = [];
    for (let at = 0; at < keys.length; at += MAX_READ) pages.push(this.#kv.getMany(keys.slice(at, at + MAX_READ)));
    return (await Promise.all(pages)).flat();
  }
}

/** What an entry holds of the content of its key, and of how many parts that is. */
export function firstPartOf({ value }: DenoKvEntry): { readonly first: Uint8Array; readonly count: number } {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array();
  const count = (bytes[0] ?? 0) - SPLIT;
  return count < 2 || count > MAX_PARTS ? { first: bytes, count: 1 } : { first: bytes.subarray(1), count };
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length <= MAX_PART) return [bytes];
  const whole = joined([new Uint8Array(1), bytes]);
  const count = Math.ceil(whole.length / MAX_PART);
  whole[0] = SPLIT + count;
  return Array.from({ length: count }, (_, at) => whole.subarray(at * MAX_PART, (at + 1) * MAX_PART));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
