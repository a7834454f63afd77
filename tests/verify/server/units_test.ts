import { assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin, type TwinReport } from "@twinmap/twinmap";
import { reportApp, type ReportedTwin } from "@twinmap/twinmap/report";

/** The text of the page for a twin whose report says `changes`. */
async function pageOf(changes: Partial<TwinReport>): Promise<string> {
  const users = twin(new Map(), new Map());
  const changed: ReportedTwin = {
    report: () => ({ ...users.report(), compared: 1_000_000, ...changes }),
    stage: () => {},
    sweep: () => Promise.resolve(),
    backfill: () => Promise.resolve(),
    pause: () => {},
    resume: () => {},
  };
  const html = await (await reportApp(changed).fetch(new Request("http://localhost/"))).text();
  return html.replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("\u00a0", " ");
}

describe("the percentages of the page", () => {
  it("round a bound up, so that it still holds as it is written", async () => {
    const bounds: [diffRateUpper: number, text: string][] = [
      [0.012_01, "below 1.3 %"],
      [0.012, "below 1.2 %"],
      [0.000_034_000_1, "below 0.0035 %"],
      [0.099_1, "below 10 %"],
      [0.501, "below 51 %"],
      // What is whole but for the error of a division is whole.
      [0.07, "below 7 %"],
      [0.000_29, "below 0.029 %"],
    ];
    for (const [diffRateUpper, text] of bounds) {
      assertStringIncludes(await pageOf({ diffRateUpper }), `The true rate is ${text}`);
    }
  });

  it("round how often a diff can be down, for the same reason", async () => {
    assertStringIncludes(await pageOf({ diffRateUpper: 1 / 839_999 }), "fewer than 1 in 830,000");
  });
});
