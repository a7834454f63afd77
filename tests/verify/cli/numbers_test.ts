import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { count, counted, oneIn, percent, perSecond } from "../../../verify/cli/numbers.ts";

describe("count() and counted()", () => {
  it("write every digit, and the noun in singular or plural", () => {
    assertEquals([count(0), count(31_685_152)], ["0", "31,685,152"]);
    assertEquals([counted(0, "diff"), counted(1, "diff"), counted(2_000, "diff")], [
      "0 diffs",
      "1 diff",
      "2,000 diffs",
    ]);
  });
});

describe("perSecond()", () => {
  it("is a rate to three digits, even if no time has passed", () => {
    assertEquals([perSecond(1_234_567, 1), perSecond(1, 3)], ["1,230,000/s", "0.333/s"]);
    assertEquals([perSecond(5, 0), perSecond(0, 0)], ["5,000/s", "0/s"]);
  });
});

describe("percent()", () => {
  it("is a share to three digits, however small", () => {
    assertEquals(
      [0, 1, 0.158_04, 0.000_000_123_4].map(percent),
      ["0 %", "100 %", "15.8 %", "0.0000123 %"],
    );
  });
});

describe("oneIn()", () => {
  it("writes a share as '1 in n', to two digits", () => {
    assertEquals([1 / 1_955_000, 1 / 830, 1 / 12, 0.1].map(oneIn), [
      "1 in 1,900,000",
      "1 in 830",
      "1 in 12",
      "1 in 10",
    ]);
  });

  it("is never below the share, and at most 12 % above it", () => {
    fc.assert(fc.property(fc.double({ min: 1e-12, max: 0.1, noNaN: true }), (share) => {
      const often = Number(oneIn(share).slice("1 in ".length).replaceAll(",", ""));
      assert(1 / often >= share * (1 - 1e-9), `1 in ${often}`);
      assert(1 / often <= share * 1.12, `1 in ${often}`);
    }));
  });
});
