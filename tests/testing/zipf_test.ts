import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { seededRandom } from "../../testing/seeded_random.ts";
import { Zipf } from "../../testing/zipf.ts";

const DRAWS = 2_000;

const settings = fc.record({
  ranks: fc.integer({ min: 1, max: 50 }),
  exponent: fc.double({ min: 0, max: 3, noNaN: true }),
  seed: fc.integer(),
});

describe("seededRandom()", () => {
  it("gives numbers from 0 to 1, 1 excluded, evenly spread", () => {
    fc.assert(fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const tenths = new Array<number>(10).fill(0);
      for (let i = 0; i < DRAWS; i++) tenths[Math.floor(random() * 10)]!++;
      assertEquals(tenths.length, 10);
      for (const count of tenths) assertIsLikely(count, 0.1);
    }));
  });

  it("gives the same numbers for the same seed, and others for another", () => {
    const numbers = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    assertEquals(numbers(7), numbers(7));
    assert(numbers(7).every((number) => !numbers(8).includes(number)));
  });
});

describe("Zipf", () => {
  it("draws rank r in proportion to 1 / r ** exponent", () => {
    fc.assert(fc.property(settings, ({ ranks, exponent, seed }) => {
      const zipf = new Zipf(ranks, exponent, seededRandom(seed));
      const counts = new Array<number>(ranks + 1).fill(0);
      for (let i = 0; i < DRAWS; i++) counts[zipf.next()]!++;
      const weights = counts.map((_, rank) => rank === 0 ? 0 : rank ** -exponent);
      const sum = weights.reduce((sum, weight) => sum + weight);
      assertEquals(counts.length, ranks + 1);
      counts.forEach((count, rank) => assertIsLikely(count, weights[rank]! / sum));
    }));
  });

  it("reaches the first rank and the last", () => {
    fc.assert(fc.property(settings, ({ ranks, exponent }) => {
      assertEquals(new Zipf(ranks, exponent, () => 0).next(), 1);
      assertEquals(new Zipf(ranks, exponent, () => 1 - 2 ** -53).next(), ranks);
    }));
  });
});

/** That something of this probability may come up `count` times: seven standard deviations off is not to be expected. */
function assertIsLikely(count: number, probability: number): void {
  const expected = DRAWS * probability;
  const margin = 7 * Math.sqrt(expected * (1 - probability)) + 7;
  assert(Math.abs(count - expected) <= margin, `came up ${count} times, not about ${expected}`);
}
