import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Complaint, Tally } from "../../../verify/doctor/tally.ts";

function complaint(kind: string, path?: string): Complaint {
  return { check: "values", text: { one: `value is ${kind}`, many: `values are ${kind}` }, advice: `no ${kind}`, path };
}

describe("Tally", () => {
  it("counts like complaints together, those of most entries first", () => {
    const tally = new Tally(false);
    tally.add(complaint("odd"), 1);
    for (let key = 0; key < 1_200; key++) tally.add(complaint("long"), key);
    assertEquals(tally.findings(), [
      { check: "values", level: "problem", text: "1,200 values are long.", advice: "no long", examples: [] },
      { check: "values", level: "problem", text: "1 value is odd.", advice: "no odd", examples: [] },
    ]);
  });

  it("gives three examples, if keys may be shown", () => {
    const tally = new Tally(true);
    for (const key of ["a", 1, { b: 2 }, "more"]) tally.add(complaint("long", key === 1 ? ".c" : ""), key);
    assertEquals(tally.findings()[0]?.examples, ['"a"', "1 at .c", "{b: 2}"]);
  });

  it("keeps a hundred kinds, and counts the other entries", () => {
    const tally = new Tally(true);
    for (let kind = 0; kind < 1_200; kind++) tally.add(complaint(`of kind ${kind}`), kind);
    tally.add(complaint("of kind 7"), 0);
    const findings = tally.findings();
    assertEquals([findings.length, findings[0]?.text], [101, "2 values are of kind 7."]);
    assertEquals(findings.at(-1)?.text, "1,100 more entries have other problems.");
  });

  it("finds nothing if there was no complaint", () => {
    assertEquals(new Tally(true).findings(), []);
  });
});
