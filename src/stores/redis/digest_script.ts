import type { DigestRequest } from "../../digests/entry_digests.ts";
import { DIGEST_BITS } from "../../digests/entry_hasher.ts";
import type { Argument } from "./client.ts";
import type { Send } from "./connection.ts";
import { Script } from "./script.ts";

/** What the server answers about some entries. */
export interface DigestPage {
  /** How many entries it digested. */
  readonly entries: number;
  /** A sum of digests for each bucket, or a digest for each key: numbers, packed. */
  readonly packed: Uint8Array;
  /** The keys, if they were asked for, as the server has them. */
  readonly keys: readonly Uint8Array[];
}

/** How the entries of a map are read, in expressions of Lua. */
export interface EntriesInLua {
  /** The cursor after the page at `cursor`, and the names of its entries. */
  readonly scan: string;
  /** The bytes of the key of the entry `name`. */
  readonly key: string;
  /** The value of the entry `name`, cut after more than `longest` bytes; `nil` or `false` if there is none. */
  readonly value: string;
}

/** About how many keys the server looks at in one step: it takes about a millisecond. */
const PAGE = 150;
/** After so many bytes of values, the rest of the page waits for another step. */
const STEP_BYTES = 2 ** 18;
/** A longer value is not hashed, since that would take too long. Its digest equals no other, so that it is always compared by value. */
const MAX_HASHED_BYTES = 2 ** 19;

const BUCKET_BYTES = 3;
const DIGEST_BYTES = DIGEST_BITS / 8;

/**
 * Digests entries on the server, in short steps.
 *
 * Each step walks on from a cursor, or takes the entries that the last step had no time for. Its answer is the cursor, the names of the
 * entries that it had no time for, and a {@link DigestPage}.
 */
export class DigestScript {
  readonly #script: Script;

  constructor(entries: EntriesInLua) {
    this.#script = new Script(body(entries));
  }

  /**
   * Walks on from a cursor.
   *
   * @param bits How many bits make the number of a bucket, for sums; `undefined` for keys with their digests.
   * @param keys The Redis keys that the script uses, if it is about one.
   * @returns The cursor to go on from, and the pages.
   */
  async run(
    send: Send,
    keys: readonly Argument[],
    cursor: Argument,
    request: DigestRequest,
    bits: number | undefined,
    ...own: readonly Argument[]
  ): Promise<[cursor: Uint8Array, pages: DigestPage[]]> {
    const { secret, within } = request;
    const asked = [
      secret,
      randomText(),
      String(2 ** (DIGEST_BITS - within.bits)),
      packedBuckets(within.numbers),
      bits === undefined ? "" : String(2 ** (DIGEST_BITS - bits)),
    ];
    const pages: DigestPage[] = [];
    let rest: readonly Argument[] = [];
    do {
      const answer = await this.#script.send(send, keys, ...asked, cursor, String(own.length), ...own, ...rest);
      const [next, left, entries, packed, found] = answer as [
        Uint8Array,
        Uint8Array[],
        number,
        Uint8Array,
        Uint8Array[],
      ];
      pages.push({ entries, packed, keys: found });
      [cursor, rest] = [next, left];
    } while (rest.length > 0);
    return [cursor as Uint8Array, pages];
  }
}

/** The sums of a page. */
export function* sumsOf({ packed }: DigestPage): Generator<[bucket: number, sum: number]> {
  const view = viewOf(packed);
  for (let at = 0; at < packed.length; at += BUCKET_BYTES + DIGEST_BYTES) {
    yield [view.getUint8(at) * 2 ** 16 + view.getUint16(at + 1), digestAt(view, at + BUCKET_BYTES)];
  }
}

/** The digests of a page, one for each key. */
export function digestsIn({ packed, keys }: DigestPage): number[] {
  const view = viewOf(packed);
  return keys.map((_, at) => digestAt(view, at * DIGEST_BYTES));
}

function digestAt(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function packedBuckets(numbers: readonly number[]): Uint8Array {
  const packed = new Uint8Array(BUCKET_BYTES * numbers.length);
  numbers.forEach((number, at) => packed.set([number >> 16, number >> 8, number], BUCKET_BYTES * at));
  return packed;
}

/** Nobody's digest is made of it. */
function randomText(): string {
  return crypto.randomUUID();
}

function body({ scan, key, value }: EntriesInLua): string {
  const digits = DIGEST_BITS / 4;
  return `
local call, sha1hex, sub, floor = redis.call, redis.sha1hex, string.sub, math.floor
local secret, salt, width, sumWidth = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
local longest, wanted = ${MAX_HASHED_BYTES}, {}
for at = 1, #ARGV[4], ${BUCKET_BYTES} do wanted[struct.unpack('>I${BUCKET_BYTES}', ARGV[4], at)] = true end
local function part(list, from, to)
  local found = {}
  for at = from, to do found[#found + 1] = list[at] end
  return found
end
local cursor, ownTo = ARGV[6], 7 + ARGV[7]
local own, names = part(ARGV, 8, ownTo), part(ARGV, ownTo + 1, #ARGV)
if #names == 0 then
  local found = ${scan}
  cursor, names = found[1], found[2]
end
local function digest(hash) return tonumber(sub(hash, 1, ${digits}), 16) end
local entries, bytes, sums, keys, packed, at = 0, 0, {}, {}, {}, 1
while at <= #names and at <= ${2 * PAGE} and bytes < ${STEP_BYTES} do
  local name = names[at]
  local key = ${key}
  local hash = sha1hex(secret .. key)
  local place = digest(hash)
  if wanted[floor(place / width)] then
    local text = ${value}
    if text then
      bytes = bytes + #text
      if #text > longest then text = salt end
      local number = digest(sha1hex(hash .. text))
      entries = entries + 1
      if sumWidth then
        local bucket = floor(place / sumWidth)
        sums[bucket] = ((sums[bucket] or 0) + number) % ${2 ** DIGEST_BITS}
      else
        keys[entries] = key
        packed[entries] = struct.pack('>I${DIGEST_BYTES}', number)
      end
    end
  end
  at = at + 1
end
for bucket, sum in pairs(sums) do packed[#packed + 1] = struct.pack('>I${BUCKET_BYTES}I${DIGEST_BYTES}', bucket, sum) end
return { cursor, part(names, at, #names), entries, table.concat(packed), keys }`;
}

/** About how many entries a step is to look at. */
export const DIGESTED_PAGE: string = String(PAGE);
