/** What `src/shared/assembly/table.ts` exports. */
export interface TableExports {
  findShort(header: number, count: number, a: number, b: number, c: number, d: number): number;
  startKey(header: number, first: number): void;
  absorbKey(low: number, high: number): void;
  find(rest: number, bytes: number): number;
  findNext(): number;
  reserve(bytes: number): number;
  /** The value of a number if it is a number too; else NaN. */
  numberOf(key: number): number;
  isCurrent(): number;
  isUnchanged(): number;
  isStill(slot: number, version: number, generation: number): number;
  isBeingSplit(): number;
  put(): number;
  remove(): number;
  clear(): void;
  prune(): number;
  beginWrite(): void;
  endWrite(): void;
  giveBack(first: number, count: number): void;
  level(): number;
  generation(): number;
  openSlot(slot: number): void;
  openedSlot(): number;
  openedVersion(): number;
  firstEntry(): number;
  nextEntry(entry: number): number;
  entryFrom(entry: number, slot: number, level: number): number;
  countSlot(slot: number, level: number): number;
  watch(isWatched: number): void;
}
