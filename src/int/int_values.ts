/**
 * Values by slot: in an `Int32Array` while all are whole numbers of 32 bits, in a `Float64Array` while all are numbers,
 * and in a plain array otherwise.
 */
export class IntValues {
  readonly #slots: number;
  protected ints: Int32Array | undefined = undefined;
  protected doubles: Float64Array | undefined = undefined;
  protected others: unknown[] | undefined = undefined;

  constructor(slots: number) {
    this.#slots = slots;
  }

  valueAt(slot: number): unknown {
    if (this.others !== undefined) return this.others[slot];
    return this.ints !== undefined ? this.ints[slot] : this.doubles?.[slot];
  }

  write(slot: number, value: unknown): void {
    if (this.others !== undefined) this.others[slot] = value;
    else if (typeof value !== "number") this.#toOthers()[slot] = value;
    else if (this.doubles !== undefined) this.doubles[slot] = value;
    else if (Object.is(value | 0, value)) (this.ints ??= new Int32Array(this.#slots))[slot] = value;
    else this.#toDoubles()[slot] = value;
  }

  /** Moves the values from `slot` up to `free` one slot forward. */
  protected openValues(slot: number, free: number): void {
    const ints = this.ints, doubles = this.doubles, others = this.others;
    // One loop for all types would take several times as long.
    if (ints !== undefined) { for (let to = free; to > slot; to--) ints[to] = ints[to - 1] as number; }
    if (doubles !== undefined) { for (let to = free; to > slot; to--) doubles[to] = doubles[to - 1] as number; }
    if (others !== undefined) { for (let to = free; to > slot; to--) others[to] = others[to - 1]; }
  }

  /** Moves the values between `slot` and `free` one slot back, and releases the last. */
  protected closeValues(slot: number, free: number): void {
    const ints = this.ints, doubles = this.doubles, others = this.others;
    if (ints !== undefined) { for (let to = slot + 1; to < free; to++) ints[to - 1] = ints[to] as number; }
    if (doubles !== undefined) { for (let to = slot + 1; to < free; to++) doubles[to - 1] = doubles[to] as number; }
    if (others !== undefined) {
      for (let to = slot + 1; to < free; to++) others[to - 1] = others[to];
      others[free - 1] = undefined;
    }
  }

  #toDoubles(): Float64Array {
    const doubles = new Float64Array(this.#slots);
    if (this.ints !== undefined) doubles.set(this.ints);
    this.ints = undefined;
    this.doubles = doubles;
    return doubles;
  }

  #toOthers(): unknown[] {
    const others = new Array<unknown>(this.#slots).fill(undefined);
    const numbers = this.ints ?? this.doubles;
    numbers?.forEach((value, slot) => others[slot] = value);
    this.ints = undefined;
    this.doubles = undefined;
    this.others = others;
    return others;
  }
}
