const BLOCK_WORDS = 2 ** 14;
const BLOCK_BITS = Math.log2(BLOCK_WORDS);

/** An array of 32-bit words in blocks of 64 KiB. It grows by a block, and never copies one. */
export class WordBlocks {
  readonly #blocks: Uint32Array[] = [];
  /** How many words there are. A lower number removes those at the end. */
  length = 0;

  /** The word at an index below `length`. */
  get(at: number): number {
    return this.#blocks[at >>> BLOCK_BITS]![at & BLOCK_WORDS - 1]!;
  }

  /** Changes the word at an index below `length`. */
  set(at: number, word: number): void {
    this.#blocks[at >>> BLOCK_BITS]![at & BLOCK_WORDS - 1] = word;
  }

  /** Adds a word at the end. */
  push(word: number): void {
    if (this.length === this.#blocks.length * BLOCK_WORDS) this.#blocks.push(new Uint32Array(BLOCK_WORDS));
    this.set(this.length++, word);
  }
}
