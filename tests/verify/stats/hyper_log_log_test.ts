import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { HyperLogLog } from "../../../verify/stats/hyper_log_log.ts";

function counterOf(hashes: Iterable<number>): HyperLogLog {
  const counter = new HyperLogLog();
  for (const hash of hashes) counter.add(hash);
  return counter;
}

/** `count` distinct numbers of 32 bits that look random: a bijection of the integers that follow `seed`. */
function* distinctHashes(count: number, seed: number): Iterable<number> {
  for (let i = 0; i < count; i++) {
    let mixed = Math.imul(seed + i, 0x9e3779b9);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    yield mixed ^ (mixed >>> 15);
  }
}

/**
 * For each register the hash, among those of `count` random keys, that determines its content. Of n keys in a register,
 * none has its first 1 beyond position k with a probability of about exp(-n / 2^k).
 */
function* hashesThatMatter(count: number, seed: number): Iterable<number> {
  let register = 0;
  for (const hash of distinctHashes(4096, seed)) {
    const random = ((hash >>> 0) + 0.5) / 2 ** 32;
    const position = Math.max(1, Math.ceil(Math.log2(count / 4096 / -Math.log(random))));
    yield (register++ << 20) | (position > 20 ? 0 : 2 ** (20 - position));
  }
}

/** The root mean square of the relative errors. */
function relativeError(estimates: number[], exact: number): number {
  return Math.sqrt(estimates.reduce((sum, estimate) => sum + (estimate / exact - 1) ** 2, 0) / estimates.length);
}

describe("HyperLogLog", () => {
  const hashes = fc.array(fc.integer(), { maxLength: 200 });

  it("counts no keys at first", () => {
    assertEquals(new HyperLogLog().estimate(), 0);
  });

  it("counts a few keys exactly, unless they share a register", () => {
    for (const count of [1, 2, 3, 5]) {
      const registers = Array.from({ length: count }, (_, i) => (i << 20) | 0x5a5a5);
      assertEquals(counterOf(registers).estimate(), count);
    }
  });

  it("counts a key once, however often it comes, and in any order", () => {
    fc.assert(fc.property(hashes, (hashes) => {
      const once = counterOf(new Set(hashes)).estimate();
      assertEquals(counterOf([...hashes, ...hashes.toReversed()]).estimate(), once);
    }));
  });

  it("treats signed and unsigned hashes alike", () => {
    fc.assert(fc.property(hashes, (hashes) => {
      assertEquals(counterOf(hashes).estimate(), counterOf(hashes.map((hash) => hash >>> 0)).estimate());
    }));
  });

  const standardError = 1.04 / Math.sqrt(4096);
  /** The root mean square of so few rounds has an error of its own. */
  const allowedError = (rounds: number) => standardError * (1 + 3 / Math.sqrt(2 * rounds));

  for (const [count, rounds] of [[100, 200], [3_000, 100], [10_000, 100], [30_000, 60], [1_000_000, 6]] as const) {
    it(`estimates ${count} keys within its standard error`, () => {
      const seeds = Array.from({ length: rounds }, (_, round) => round * 50_000_017);
      const estimates = seeds.map((seed) => counterOf(distinctHashes(count, seed)).estimate());
      const error = relativeError(estimates, count);
      assert(error <= allowedError(rounds), `${error}`);
    });
  }

  for (const [count, rounds] of [[1e7, 60], [1e9, 60], [1e10, 60]] as const) {
    it(`estimates ${count} keys within its standard error, though many share a hash`, () => {
      const seeds = Array.from({ length: rounds }, (_, round) => round * 50_000_017);
      const estimates = seeds.map((seed) => counterOf(hashesThatMatter(count, seed)).estimate());
      const error = relativeError(estimates, count);
      assert(error <= allowedError(rounds), `${error}`);
    });
  }

  it("stays a safe integer when no register can rise any further", () => {
    const all = counterOf(Array.from({ length: 4096 }, (_, register) => register << 20));
    assertEquals(all.estimate(), Number.MAX_SAFE_INTEGER);
  });

  it(".merge() equals adding everything to one", () => {
    fc.assert(fc.property(hashes, hashes, (some, others) => {
      const merged = counterOf(some);
      merged.merge(counterOf(others));
      assertEquals(merged.estimate(), counterOf([...some, ...others]).estimate());
    }));
  });
});
