/** What a slot holds. */
export type Content = string | Uint8Array;

/**
 * Places under names, in a store that cannot compare and set. Names have lower-case letters and digits only.
 *
 * A method that writes sends the write before it returns, or when the reads of that slot that are under way are over.
 */
export interface Slots {
  /** The content of a slot, or `undefined` if there is none. */
  get(name: string): Promise<Content | undefined>;
  /** Fills a slot. The store may empty it after `ttlMs`, but not before; `Infinity`: never. */
  set(name: string, content: Content, ttlMs: number): Promise<unknown>;
  /** Empties a slot. */
  delete(name: string): Promise<unknown>;
  /** Empties a slot if its content is over by then, in one step to this object. Stores that do so by themselves have no such method. */
  deleteIf?(name: string, isOver: (content: Content) => boolean): Promise<unknown>;
  /** The names of all slots, in pages, and of whatever else is in the store. Each one that is filled throughout comes once. */
  names(): AsyncIterable<readonly string[]>;
}
