/** The hash functions of which maps make digests. */
export type HashName = "sha1" | "sha256";

/** What one hash function does with the 64 bytes at an offset: it changes the state. */
export type Compress = (state: Int32Array, input: DataView, at: number) => void;

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/**
 * A hash function of the SHA family, computed at once: the one of the platform answers with promises, which cost more than
 * the hash of a short value.
 *
 * Source: NIST, FIPS 180-4, "Secure Hash Standard".
 */
export class BlockHash {
  readonly #initial: Int32Array;
  readonly #state: Int32Array;
  readonly #compress: Compress;
  #input: Uint8Array<ArrayBuffer> = new Uint8Array(1_024);
  #view: DataView = new DataView(this.#input.buffer);

  /** @param initial The state before the first block. */
  constructor(initial: Int32Array, compress: Compress) {
    this.#initial = initial;
    this.#state = initial.slice();
    this.#compress = compress;
  }

  /** Hashes the two one after the other. Returns the words of the hash, which the next call changes. O(length). */
  hash(head: Uint8Array, tail: Uint8Array): Int32Array {
    const length = head.length + tail.length;
    const padded = Math.ceil((length + 1 + LENGTH_BYTES) / BLOCK_BYTES) * BLOCK_BYTES;
    this.#makeRoom(padded);
    const [input, view] = [this.#input, this.#view];
    input.set(head);
    input.set(tail, head.length);
    input.fill(0, length, padded);
    input[length] = 0x80;
    view.setUint32(padded - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padded - 4, length << 3);
    this.#state.set(this.#initial);
    for (let at = 0; at < padded; at += BLOCK_BYTES) this.#compress(this.#state, view, at);
    return this.#state;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#input.length) return;
    this.#input = new Uint8Array(2 * bytes);
    this.#view = new DataView(this.#input.buffer);
  }
}
