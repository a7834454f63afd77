import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { structuralHash } from "../../../src/equality/structural_hash.ts";

describe("structuralHash()", () => {
  it("is the same for equal values", () => {
    const cycle = (length: number) => {
      const first: { next?: unknown } = {};
      let last = first;
      for (let i = 1; i < length; i++) last = last.next = {};
      last.next = first;
      return first;
    };
    const many = (count: number) => Array.from({ length: count }, (_, at) => [`key ${at}`, at] as const);
    const pairs: [unknown, unknown][] = [
      [{ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
      [new Map([[{ a: 1 }, 1], [{ a: 2 }, 2]]), new Map([[{ a: 2 }, 2], [{ a: 1 }, 1]])],
      [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
      [Object.fromEntries(many(1_000)), Object.fromEntries(many(1_000).reverse())],
      [new Map(many(1_000)), new Map(many(1_000).reverse())],
      [cycle(2), cycle(3)],
      [new Date(1), new Date(1)],
      [new Error("a"), new Error("a")],
      [new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2])],
      [new DataView(new ArrayBuffer(2)), new DataView(new ArrayBuffer(2))],
    ];
    for (const [at, [a, b]] of pairs.entries()) assertEquals(structuralHash(a), structuralHash(b), `pair ${at}`);
  });

  it("tells values apart by any of their first parts", () => {
    const wide = (last: number) =>
      Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`key ${at}`, at === 199 ? last : 0]));
    const values: unknown[] = [
      1,
      "1",
      [],
      {},
      [1],
      [[1]],
      { a: 1 },
      { a: 2 },
      { b: 1 },
      { a: { b: { c: 1 } } },
      { a: { b: { c: 2 } } },
      wide(1),
      wide(2),
      new Map([[1, 2]]),
      new Map([[2, 1]]),
      new Set([1]),
      new Set([{ a: 1 }]),
      new Uint8Array([1, 2]),
      new Uint8Array([2, 1]),
      new Date(1),
      new Error("a"),
      "a".repeat(100),
      "a".repeat(99) + "b",
    ];
    const hashes = values.map((value) => structuralHash(value));
    for (const [at, hash] of hashes.entries()) assertEquals(hashes.indexOf(hash), at, `value ${at}`);
  });

  it("looks at a bounded number of parts", () => {
    let reads = 0;
    const endless = (): object => ({
      get left() {
        reads++;
        return endless();
      },
      get right() {
        reads++;
        return endless();
      },
    });
    structuralHash(endless());
    assert(reads <= 256, `${reads} reads`);
  });
});
