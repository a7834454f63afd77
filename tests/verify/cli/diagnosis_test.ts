import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DEFAULT_TRAITS } from "../../../src/abstract_map.ts";
import { describeDiagnosis } from "../../../verify/cli/diagnosis.ts";
import type { Diagnosis } from "../../../verify/doctor/doctor.ts";
import { finding } from "../../../verify/doctor/finding.ts";

const SIDE = { name: "Map", traits: DEFAULT_TRAITS };

function lines(diagnosis: Partial<Diagnosis>): string[] {
  const scan = { entries: 1_234, isComplete: true };
  return describeDiagnosis({ oldMap: "a", newMap: "b" }, { old: SIDE, new: SIDE, scan, findings: [], ...diagnosis })
    .split("\n");
}

describe("describeDiagnosis()", () => {
  it("begins with what was found", () => {
    const [problem, note] = (["problem", "note"] as const).map((level) =>
      finding("keys", level, "It is odd.", "Wait.")
    );
    const first = (...findings: Diagnosis["findings"]) => lines({ findings })[0];
    assertEquals(first(), "No problem found");
    assertEquals(first(note!), "No problem found, and 1 note");
    assertEquals(first(problem!, problem!, note!, note!), "2 problems found, and 2 notes");
    assertEquals(lines({ findings: [problem!] }).slice(-4), ["", "Problem: It is odd.", "  Wait.", ""]);
  });

  it("names the codec of each map, where it is known", () => {
    assertEquals(lines({ old: { ...SIDE, codec: "json" } }).slice(2, 4), [
      "Old      a (Map, codec json)",
      "New      b (Map)",
    ]);
  });

  it("says how far each clock is ahead of this machine's or behind it", () => {
    const clock = (aheadMs: number) => ({ ...SIDE, clock: { aheadMs, errorMs: 0.4 } });
    const shown = (diagnosis: Partial<Diagnosis>) => lines(diagnosis).filter((line) => line.startsWith("Clock"));
    assertEquals(shown({}), []);
    assertEquals(shown({ old: clock(1_500), new: clock(-20) }), [
      "Clock    +1,500 ms (old's server against this machine, to 1 ms), -20 ms (new's server against this machine, to 1 ms)",
    ]);
    assertEquals(shown({ new: clock(3) }), ["Clock    +3 ms (new's server against this machine, to 1 ms)"]);
  });

  it("says what was measured, and whether all entries were read", () => {
    const latency = { medianMs: 1.5, maxMs: 20, calls: 50 };
    assertEquals(lines({ old: { ...SIDE, latency } }).slice(4), [
      "Scanned  1,234 entries of the old map; nothing was written",
      "get()    1.5 ms, at most 20 ms (old), not measured (new)",
      "",
    ]);
    assertEquals(
      lines({ scan: { entries: 1, isComplete: false } })[4],
      "Scanned  1 entry of the old map, not all; nothing was written",
    );
  });
});
