import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Claim, compared, isMet, printRow } from "../../../bench/lib/ratio.ts";

/** Prints a claim with this ratio, and returns the output. */
function row(claim: Partial<Claim>, ratio: number): { holds: boolean; printed: string } {
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => printed.push(line);
  try {
    const times = { oursNs: 100 * ratio, theirsNs: 100, ratio };
    return { holds: printRow({ what: "get", against: "Map", ...claim }, times), printed: printed.join("\n") };
  } finally {
    console.log = log;
  }
}

describe("compared()", () => {
  it("takes the median of the times of each side, and the median of the ratios, not the ratio of the medians", () => {
    const rounds = [{ oursNs: 1, theirsNs: 10 }, { oursNs: 30, theirsNs: 20 }, { oursNs: 20, theirsNs: 40 }];
    assertEquals(compared(rounds), { oursNs: 20, theirsNs: 20, ratio: 0.5 });
  });
});

describe("a claim", () => {
  it("is met up to and including its bound", () => {
    const claim = { what: "get", against: "Map", atMost: 1.25 };
    assertEquals([1, 1.25, 1.26].map((ratio) => isMet(claim, ratio)), [true, true, false]);
    const faster = { what: "get", against: "Map", timesFaster: 4 };
    assertEquals([0.2, 0.25, 0.26].map((ratio) => isMet(faster, ratio)), [true, true, false]);
    assertEquals(isMet({ what: "get", against: "Map" }, 1_000), true);
  });

  it("is printed with both times, the ratio, the bound, and whether it holds", () => {
    const slow = row({ atMost: 1.3 }, 1.5);
    assertEquals(slow, {
      holds: false,
      printed: "get, against Map\n        150 ns      100 ns            1.50 x   <= 1.3  FALLS SHORT",
    });
    assertEquals(row({ timesFaster: 2 }, 0.25), {
      holds: true,
      printed: "get, against Map\n         25 ns      100 ns      4.0 x faster   >= 2  holds",
    });
  });
});
