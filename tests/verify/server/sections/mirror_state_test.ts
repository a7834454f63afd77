import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin, type TwinReport } from "@twinmap/twinmap";
import { mirrorState } from "../../../../verify/server/sections/mirror_state.ts";

/** The section for this state of the mirror. */
function section(mirror: Partial<TwinReport["mirror"]>): string {
  const report = twin(new Map(), new Map()).report();
  return String(mirrorState({ ...report, mirror: { ...report.mirror, ...mirror } }, "t")).replaceAll(/\s+/g, " ");
}

describe("mirrorState()", () => {
  it("says in red that the other map is away, and how many keys are to be copied again", () => {
    const html = section({ broken: true, journaled: 1_234 });
    assertStringIncludes(html, '<p class="notice bad"> The other map fails or does not answer.');
    assertStringIncludes(html, '<tr class="bad "> <th scope="row">journal');
    assertStringIncludes(html, ">1,234</data>");
  });

  it("has its heading on the left, and all the rest beside it", () => {
    assertStringIncludes(section({ broken: true }), '<h3>Mirror and hooks</h3> <div> <p class="notice bad">');
  });

  it("says nothing of it while the other map answers", () => {
    assertEquals(section({}).includes("does not answer"), false);
  });
});
