import type { ConcurrentMap } from "../../src/concurrent_map.ts";

/** Answers reads of a key. */
export type Reader<K, V> = Pick<ConcurrentMap<K, V>, "get" | "has">;

/** Takes the `set`s. */
export interface Setter<K, V> {
  /** Sets the value of `key`. */
  set(key: K, value: V): unknown;
}

/** A write that one side has answered. */
export interface Write<K, V> {
  readonly operation: string;
  readonly key: K;
  /** The side that has answered it. */
  readonly first: ConcurrentMap<K, V>;
  /** Makes the same write on another map, and returns what that answers. */
  readonly apply: (map: ConcurrentMap<K, V>) => unknown;
  readonly answer: unknown;
}

/** A write that is made only if the key has the expected value. */
export interface ConditionalWrite<K, V> extends Write<K, V> {
  /** Whether it was made. */
  readonly answer: boolean;
  /** Makes it whatever the value is, for a map that compares values by another rule. */
  readonly applyAnyway: (map: ConcurrentMap<K, V>) => boolean;
}

/**
 * What a stage means for an operation: who answers reads, who takes a write first, and how the write is handed on. It is
 * chosen when the stage is entered, so that no operation asks for the stage.
 */
export interface Lane<K, V> {
  /** The side that answers operations on the whole map. */
  readonly front: ConcurrentMap<K, V>;
  /** Answers `get` and `has`: the side in front itself, if it answers for every key and reads are not compared. */
  readonly reader: Reader<K, V>;
  /** Takes `set`: the side in front itself, if only that is written. */
  readonly setter: Setter<K, V>;
  /** The side that takes a write to `key` first. */
  first(key: K): ConcurrentMap<K, V>;
  /**
   * Hands `write` on to the other side. The lane may have been entered during the write, by a callback that moved the
   * twin: then `write.first` need not be the side that this lane writes first.
   */
  handOn(write: Write<K, V>): void;
  /** As {@link handOn}; but a write that the first side refused is not made by the other one, which might accept it. */
  handOnConditional(write: ConditionalWrite<K, V>): void;
  /** Removes every entry. */
  clear(): void;
  /** Makes a comparison of `key` due, which `operation` has read, if its reads are compared. */
  compareRead(key: K, operation: string): void;
  /** Makes a comparison of the order of the keys due, which `operation` shows, if reads are compared. */
  compareOrder(operation: string): void;
}
