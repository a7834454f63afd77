/**
 * SipHash-2-4: a keyed pseudo-random function from bytes to 64 bits. Whoever does not know the secret can neither predict
 * a hash nor find two inputs that share one, whatever other hashes they have seen.
 *
 * Source: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012.
 *
 * @module
 */

/** How many bytes a secret has. */
const SECRET_BYTES = 16;
const WORD_BYTES = 8;

/** A secret for {@link sipHash} that nobody can guess. */
export function makeSecret(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
}

/**
 * The hash of `bytes` under `secret`, which has 16 bytes: the 64 bits as 16 hexadecimal digits, the highest first.
 * O(bytes).
 */
export function sipHash(secret: Uint8Array, bytes: Uint8Array): string {
  const state = new SipState(secret);
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rest = bytes.length % WORD_BYTES;
  const whole = bytes.length - rest;
  for (let at = 0; at < whole; at += WORD_BYTES) state.absorb(input.getUint32(at, true), input.getUint32(at + 4, true));
  // The last word ends in the length, so that trailing zeros are told apart.
  const last = new DataView(new ArrayBuffer(WORD_BYTES));
  for (let at = 0; at < rest; at++) last.setUint8(at, input.getUint8(whole + at));
  last.setUint8(WORD_BYTES - 1, bytes.length);
  state.absorb(last.getUint32(0, true), last.getUint32(4, true));
  return state.finish();
}

/** The four 64-bit words of SipHash. JavaScript computes in 32 bits, so each is two halves: the low one, then the high one. */
class SipState {
  readonly #halves = new Uint32Array(8);

  constructor(secret: Uint8Array) {
    const view = new DataView(secret.buffer, secret.byteOffset, SECRET_BYTES);
    const [k0Low, k0High, k1Low, k1High] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ];
    this.#halves.set([
      k0Low ^ 0x70736575,
      k0High ^ 0x736f6d65,
      k1Low ^ 0x6e646f6d,
      k1High ^ 0x646f7261,
      k0Low ^ 0x6e657261,
      k0High ^ 0x6c796765,
      k1Low ^ 0x79746573,
      k1High ^ 0x74656462,
    ]);
  }

  /** Mixes one word of the input in. */
  absorb(low: number, high: number): void {
    this.#xor(3, low, high);
    this.#round();
    this.#round();
    this.#xor(0, low, high);
  }

  /** The hash of everything that was mixed in. To be called once. */
  finish(): string {
    this.#xor(2, 0xff, 0);
    for (let round = 0; round < 4; round++) this.#round();
    const all = (half: number) => [0, 2, 4, 6].reduce((xor, word) => xor ^ (this.#halves[word + half] as number), 0);
    return hexadecimal(all(1)) + hexadecimal(all(0));
  }

  #round(): void {
    this.#addAndRotate(0, 1, 13);
    this.#swapHalves(0);
    this.#addAndRotate(2, 3, 16);
    this.#addAndRotate(0, 3, 21);
    this.#addAndRotate(2, 1, 17);
    this.#swapHalves(2);
  }

  /** `a += b; b = rotate(b, bits) ^ a`, for fewer than 32 bits. */
  #addAndRotate(a: number, b: number, bits: number): void {
    const halves = this.#halves;
    const low = halves[2 * b] as number;
    const high = halves[2 * b + 1] as number;
    const sumLow = halves[2 * a] as number + low;
    halves[2 * a] = sumLow;
    halves[2 * a + 1] = halves[2 * a + 1] as number + high + (sumLow > 0xffffffff ? 1 : 0);
    halves[2 * b] = (low << bits | high >>> 32 - bits) ^ halves[2 * a] as number;
    halves[2 * b + 1] = (high << bits | low >>> 32 - bits) ^ halves[2 * a + 1] as number;
  }

  /** Rotates a word by 32 bits. */
  #swapHalves(word: number): void {
    const halves = this.#halves;
    const low = halves[2 * word] as number;
    halves[2 * word] = halves[2 * word + 1] as number;
    halves[2 * word + 1] = low;
  }

  #xor(word: number, low: number, high: number): void {
    const halves = this.#halves;
    halves[2 * word] = halves[2 * word] as number ^ low;
    halves[2 * word + 1] = halves[2 * word + 1] as number ^ high;
  }
}

function hexadecimal(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0");
}
