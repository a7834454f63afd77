import { makeKeyHash } from "../keys/key_hash.ts";
import { sameValueZero } from "../keys/same_value_zero.ts";

/** Each level of branches takes 4 bits of the hash, the root the lowest. */
const BITS = 4;
const SLOTS = 2 ** BITS;
const MASK = SLOTS - 1;
/** The number of bits of a hash. */
const HASH_BITS = 32;
/** The place of a branch's epoch, behind its slots. */
const EPOCH = SLOTS;

/**
 * The largest length of a list. At 100,000 entries a look-up takes 0.65 to 0.8 of the time that it takes with lists of
 * one entry: following a list costs no more than following a branch. Longer lists are not faster.
 */
const MAX_LISTED = 4;

/** A key and its value, and the next entry of the list. */
export class Entry<K, V> {
  readonly hash: number;
  readonly key: K;
  value: V;
  next: Entry<K, V> | undefined;
  /** The epoch in which the entry was created. */
  readonly epoch: number;

  constructor(hash: number, key: K, value: V, next: Entry<K, V> | undefined, epoch: number) {
    this.hash = hash;
    this.key = key;
    this.value = value;
    this.next = next;
    this.epoch = epoch;
  }
}

type Slot<K, V> = Branch<K, V> | Entry<K, V> | undefined;

/**
 * 16 slots, each with a branch, a list of entries or nothing, followed by the epoch in which the branch was created.
 *
 * Plain arrays with all their slots: a level takes two dependent loads, the array and the slot, and waiting for them is
 * nearly all that a look-up costs. Nodes packed by a bitmap (CHAMP: Steindorfer and Vinju, OOPSLA 2015) also count
 * bits, and each insertion copies one: they read as fast on V8 and a third slower on JSC, and fill 1.5 to 3 times
 * slower on both.
 */
export type Branch<K, V> = (Slot<K, V> | number)[];

/**
 * The structure of a trie: the content of each slot of a branch. A list of entries is shown by the hashes of its keys.
 */
export interface HashTrieStructure {
  /** The slots, 16. */
  readonly slots: readonly (HashTrieStructure | readonly number[] | undefined)[];
}

/**
 * A trie of entries by the hash of their keys, which can be shared in constant time.
 *
 * - A branch other than the root has more than {@link MAX_LISTED} entries; fewer are a list. So the entries alone
 *   determine the branches, and deleted ones leave nothing behind.
 * - If more keys have the same hash, eight levels of branches cannot separate them. The levels below use the bits of a
 *   second hash of the key, which is secret: even if all keys have the same first hash, a look-up takes O(log n).
 * - Whatever was created in the present epoch belongs to this trie alone, and is changed in place. Sharing begins a new
 *   epoch: what is older is then copied before it changes.
 */
export class HashTrie<K, V> {
  #epoch = 0;
  #root: Branch<K, V> = emptyBranch(0);
  #size = 0;
  #copies = 0;
  /** The hash for the levels below those of the first one. */
  readonly #rehash = makeKeyHash();

  /** The number of entries. */
  get size(): number {
    return this.#size;
  }

  /** How many branches and entries were copied because they were shared. */
  get copies(): number {
    return this.#copies;
  }

  /** The structure of the trie. */
  get structure(): HashTrieStructure {
    return structureOf(this.#root);
  }

  /** The entry of `key`, whose hash is a signed 32-bit integer. */
  find(hash: number, key: K): Entry<K, V> | undefined {
    let slot: Slot<K, V> = this.#root;
    let bits = hash;
    for (let shift = 0; Array.isArray(slot); shift += BITS) {
      if (shift === HASH_BITS) bits = this.#rehash(key);
      slot = slot[bits >>> shift & MASK] as Slot<K, V>;
    }
    for (; slot !== undefined; slot = slot.next) {
      if (slot.hash === hash && sameValueZero(slot.key, key)) return slot;
    }
    return undefined;
  }

  /** Adds an entry for a key that has none. */
  insert(hash: number, key: K, value: V): void {
    this.#put(hash, key, value);
    this.#size++;
  }

  /** Sets the value of an entry that was found. */
  write(entry: Entry<K, V>, value: V): void {
    if (entry.epoch === this.#epoch) {
      entry.value = value;
      return;
    }
    this.#put(entry.hash, entry.key, value, entry);
    this.#copies++;
  }

  /** Removes an entry that was found. */
  remove(entry: Entry<K, V>): void {
    this.#root = this.#without(entry, this.#root, 0);
    this.#size--;
  }

  /** Removes every entry. */
  clear(): void {
    this.#root = emptyBranch(this.#epoch);
    this.#size = 0;
  }

  /** Returns the present root and freezes all that it leads to: later writes copy it first. */
  share(): Branch<K, V> {
    this.#epoch++;
    return this.#root;
  }

  /** Makes an entry, in place of one that is shared or in a list that has room for it. */
  #put(hash: number, key: K, value: V, shared?: Entry<K, V>): void {
    let branch = this.#root = this.#owned(this.#root);
    for (let shift = 0;; shift += BITS) {
      const at = this.#slotAt(hash, key, shift);
      const slot = branch[at] as Slot<K, V>;
      if (Array.isArray(slot)) {
        branch = branch[at] = this.#owned(slot);
      } else if (shared !== undefined || hasRoom(slot) || shift === 2 * HASH_BITS) {
        const rest = shared === undefined ? slot : this.#unlisted(shared, slot);
        branch[at] = new Entry(hash, key, value, rest, this.#epoch);
        return;
      } else {
        branch = branch[at] = this.#split(slot, shift + BITS);
      }
    }
  }

  /** The slot that leads to a key, in a branch whose level begins at bit `shift` of the two hashes. */
  #slotAt(hash: number, key: K, shift: number): number {
    return (shift < HASH_BITS ? hash : this.#rehash(key)) >>> shift & MASK;
  }

  /** The branch, or a copy of it if it is shared. */
  #owned(branch: Branch<K, V>): Branch<K, V> {
    if (branch[EPOCH] === this.#epoch) return branch;
    const copy = branch.slice();
    copy[EPOCH] = this.#epoch;
    this.#copies++;
    return copy;
  }

  /** The entry, or a copy of it if it is shared, before `next` in a list. */
  #linked(entry: Entry<K, V>, next: Entry<K, V> | undefined): Entry<K, V> {
    if (entry.epoch !== this.#epoch) {
      this.#copies++;
      return new Entry(entry.hash, entry.key, entry.value, next, this.#epoch);
    }
    entry.next = next;
    return entry;
  }

  /** A branch with the entries of a list. */
  #split(list: Entry<K, V> | undefined, shift: number): Branch<K, V> {
    const branch = emptyBranch<K, V>(this.#epoch);
    for (const entry of listed(list)) {
      const at = this.#slotAt(entry.hash, entry.key, shift);
      branch[at] = this.#linked(entry, branch[at] as Entry<K, V> | undefined);
    }
    return branch;
  }

  /** The branch without `entry`. */
  #without(entry: Entry<K, V>, shared: Branch<K, V>, shift: number): Branch<K, V> {
    const branch = this.#owned(shared);
    const at = this.#slotAt(entry.hash, entry.key, shift);
    const slot = branch[at] as Slot<K, V>;
    branch[at] = Array.isArray(slot)
      ? this.#collapsed(this.#without(entry, slot, shift + BITS))
      : this.#unlisted(entry, slot);
    return branch;
  }

  /** The list without `entry`. Those before it come in reverse order. */
  #unlisted(entry: Entry<K, V>, list: Entry<K, V> | undefined): Entry<K, V> | undefined {
    let rest = entry.next;
    for (let other = list; other !== undefined && other !== entry;) {
      const { next } = other;
      rest = this.#linked(other, rest);
      other = next;
    }
    return rest;
  }

  /** The branch, or a list if there are too few entries for a branch. */
  #collapsed(branch: Branch<K, V>): Slot<K, V> {
    // Counts the slots in use before it reads what they lead to: reads are slow, and there are nearly always enough.
    let used = 0;
    for (let at = 0; at < SLOTS; at++) {
      if (branch[at] !== undefined && ++used > MAX_LISTED) return branch;
    }
    const entries: Entry<K, V>[] = [];
    for (let at = 0; at < SLOTS; at++) {
      const slot = branch[at] as Slot<K, V>;
      if (slot === undefined) continue;
      if (Array.isArray(slot)) return branch;
      if (used === 1) return slot;
      for (let entry: Entry<K, V> | undefined = slot; entry !== undefined; entry = entry.next) entries.push(entry);
      if (entries.length > MAX_LISTED) return branch;
    }
    let list: Entry<K, V> | undefined;
    for (const entry of entries) list = this.#linked(entry, list);
    return list;
  }
}

/** The result of `pick` for each entry under `root`, in no order. */
export function* walk<K, V, T>(root: Branch<K, V>, pick: (entry: Entry<K, V>) => T): MapIterator<T> {
  const ahead: Slot<K, V>[] = [root];
  while (ahead.length > 0) {
    let slot = ahead.pop();
    if (Array.isArray(slot)) {
      for (let at = 0; at < SLOTS; at++) ahead.push(slot[at] as Slot<K, V>);
    } else {
      for (; slot !== undefined; slot = slot.next) yield pick(slot);
    }
  }
}

function emptyBranch<K, V>(epoch: number): Branch<K, V> {
  // Written out, so that it is an array without holes to the engine.
  // deno-fmt-ignore
  return [
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined,
    undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined, epoch,
  ];
}

function hasRoom<K, V>(list: Entry<K, V> | undefined): boolean {
  let length = 0;
  for (let entry = list; entry !== undefined; entry = entry.next) length++;
  return length < MAX_LISTED;
}

function listed<K, V>(list: Entry<K, V> | undefined): Entry<K, V>[] {
  const entries: Entry<K, V>[] = [];
  for (let entry = list; entry !== undefined; entry = entry.next) entries.push(entry);
  return entries;
}

function structureOf<K, V>(branch: Branch<K, V>): HashTrieStructure {
  const structureIn = (slot: Slot<K, V>) =>
    Array.isArray(slot) ? structureOf(slot) : slot && listed(slot).map(({ hash }) => hash);
  return { slots: (branch.slice(0, SLOTS) as Slot<K, V>[]).map(structureIn) };
}
