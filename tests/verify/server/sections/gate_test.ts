import { assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { gate } from "../../../../verify/server/sections/gate.ts";

describe("the gate on the page", () => {
  it("names the thresholds of diffs and of late keys", () => {
    const report = twin(new Map(), new Map()).report();
    const text = String(gate(report, "t")).replaceAll(/\s+/g, " ");
    assertStringIncludes(text, "0.0001 % of key visits with a diff, 0.1 % late, with 95 % confidence");
  });
});
