import type { Deadlines } from "../../src/async/deadlines.ts";
import type { Clock } from "../../src/clock.ts";
import { isDeepEqual } from "../../src/equality/deep_equal.ts";
import { StoreError } from "../../src/store_error.ts";
import type { AsyncSide, Entry } from "../pair/async_side.ts";
import { EXPIRY_TOLERANCE_MS } from "../pair/expiry.ts";
import type { IdentifiedKey } from "../pair/identified_key.ts";
import type { Side } from "../stages/stage.ts";
import { Places } from "./places.ts";

/** How many copies are under way at a time. */
const MAX_AT_ONCE = 64;

/** After so many repeats a copy is given up: others write the key faster than it is copied. */
const MAX_REPEATS = 16;

/** How many bytes the known values of waiting copies may take. A value that does not fit is read when its turn comes. */
const MAX_KNOWN_BYTES = 64 * 2 ** 20;

/** What the side `from` holds for a key; without `entry`, that has to be read. */
export interface Source<V> {
  readonly from: Side;
  /** The entry, if it is known; `null`: absent. */
  readonly entry?: Entry<V> | null;
}

/** A copy that is under way, or waits. */
export interface Copying {
  /** Resolves to whether there came to be room for it in time; `undefined` if there is. */
  readonly placed: Promise<boolean> | undefined;
  /** Resolves to whether it was made: `false` if there was no room. Rejects if it failed. */
  readonly done: Promise<boolean>;
}

interface Copy<V> {
  source: Source<V>;
  /** How many bytes its known value takes while it waits. */
  knownBytes: number;
  /** When it began, by the monotonic clock; `undefined` while it waits. */
  begunAtMs: number | undefined;
  placed: Promise<boolean> | undefined;
  done: Promise<boolean>;
}

/** What {@link KeyCopies} work with. */
export interface KeyCopiesSetting<K, V> {
  readonly sides: { readonly [side in Side]: AsyncSide<K, V> };
  readonly clock: Clock;
  /** Whether others than this twin may write the key at the side it is copied from. */
  readonly looksBack: (key: K, from: Side) => boolean;
  /** How many keys may have a copy under way or waiting. */
  readonly maxPending: number;
  /** How long a copy waits for room at most. */
  readonly patience: Deadlines;
}

/**
 * Copies keys from one side to the other. The copies of one key are made one after the other; of those that wait, only the last
 * is made. Different keys are copied side by side.
 *
 * Where others write too, a copy looks back: it reads the key again and repeats while that differs from what it wrote. So
 * whoever copies last has copied what is there.
 */
export class KeyCopies<K, V> {
  readonly #setting: KeyCopiesSetting<K, V>;
  /** The last copy of each key, until it is done. */
  readonly #last = new Map<unknown, Copy<V>>();
  /** Those under way, in the order in which they began. */
  readonly #running = new Set<Copy<V>>();
  readonly #turns = new Places(MAX_AT_ONCE);
  readonly #room: Places;
  #knownBytes = 0;

  constructor(setting: KeyCopiesSetting<K, V>) {
    this.#setting = setting;
    this.#room = new Places(setting.maxPending);
  }

  /** How many keys have a copy that is not done. */
  get pending(): number {
    return this.#last.size;
  }

  /** When the copy began that has been under way longest, by the monotonic clock; `undefined` if none is. */
  get runningSinceMs(): number | undefined {
    const [first] = this.#running;
    return first?.begunAtMs;
  }

  /** Resolves when all copies that are under way or wait now have ended. */
  async allEnded(): Promise<void> {
    await Promise.allSettled(Array.from(this.#last.values(), ({ done }) => done));
  }

  /** Copies a key to the other side, as soon as there is room and it is its turn. */
  copy({ key, id }: Pick<IdentifiedKey<K>, "key" | "id">, source: Source<V>): Copying {
    const before = this.#last.get(id);
    if (before !== undefined && before.begunAtMs === undefined) {
      this.#waitWith(before, source);
      return before;
    }
    const copy: Copy<V> = {
      source,
      knownBytes: 0,
      begunAtMs: undefined,
      // The next copy of a key has the place of the one before.
      placed: before === undefined ? this.#room.take(this.#setting.patience) : undefined,
      done: Promise.resolve(true),
    };
    this.#waitWith(copy, source);
    this.#last.set(id, copy);
    copy.done = this.#run(key, id, copy, before?.done);
    return copy;
  }

  #waitWith(copy: Copy<V>, source: Source<V>): void {
    const others = this.#knownBytes - copy.knownBytes;
    const bytes = bytesOf(source.entry?.value);
    const fits = others + bytes <= MAX_KNOWN_BYTES;
    copy.source = fits ? source : { from: source.from };
    copy.knownBytes = fits ? bytes : 0;
    this.#knownBytes = others + copy.knownBytes;
  }

  async #run(key: K, id: unknown, copy: Copy<V>, before: Promise<unknown> | undefined): Promise<boolean> {
    const hasRoom = copy.placed === undefined || await copy.placed;
    copy.placed = undefined;
    try {
      if (hasRoom) await this.#inTurn(key, copy, before);
      return hasRoom;
    } finally {
      if (copy.begunAtMs === undefined) this.#waitWith(copy, { from: copy.source.from });
      if (this.#last.get(id) === copy) {
        this.#last.delete(id);
        if (hasRoom) this.#room.release();
      }
    }
  }

  async #inTurn(key: K, copy: Copy<V>, before: Promise<unknown> | undefined): Promise<void> {
    await before?.catch(() => {});
    await this.#turns.take();
    const { source } = copy;
    this.#waitWith(copy, { from: source.from });
    copy.begunAtMs = this.#setting.clock.monotonicMs();
    this.#running.add(copy);
    try {
      await this.#make(key, source);
    } finally {
      this.#running.delete(copy);
      this.#turns.release();
    }
  }

  async #make(key: K, { from, entry: known }: Source<V>): Promise<void> {
    const { sides, clock, looksBack } = this.#setting;
    const [source, target] = from === "old" ? [sides.old, sides.new] : [sides.new, sides.old];
    let entry = known === undefined ? await readOne(source, key) : known ?? undefined;
    for (let repeats = 0;; repeats++) {
      await target.write(key, entry, clock.now());
      if (!looksBack(key, from)) return;
      const present = await readOne(source, key);
      if (isSame(entry, present)) return;
      if (repeats === MAX_REPEATS) throw tooBusy(source);
      entry = present;
    }
  }
}

function tooBusy<K, V>({ map }: AsyncSide<K, V>): StoreError {
  const details = {
    store: map[Symbol.toStringTag],
    operation: "copy",
    outcome: "not applied",
    retryable: false,
  } as const;
  return new StoreError("the key is written all the time", details);
}

/** About how many bytes a known value takes: of one that a map keeps anyway, none. */
function bytesOf(value: unknown): number {
  return typeof value === "string" ? 2 * value.length : 0;
}

async function readOne<K, V>(side: AsyncSide<K, V>, key: K): Promise<Entry<V> | undefined> {
  const [entry] = await side.read([key]);
  return entry;
}

function isSame<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const apartMs = Math.abs((a.expiresAtMs ?? Infinity) - (b.expiresAtMs ?? Infinity));
  // Of two that never expire, the difference is not a number.
  return !(apartMs > EXPIRY_TOLERANCE_MS) && isDeepEqual(a.value, b.value);
}
