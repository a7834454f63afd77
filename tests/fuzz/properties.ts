/** What holds for every case. */
import type { TwinReport } from "@twinmap/twinmap";
import fc from "fast-check";
import { FAULT_NAMES } from "../../testing/faults.ts";
import type { Case } from "./case.ts";
import { cases, casesWithLateMap } from "./cases.ts";
import { KEEPING, KINDS, LATE } from "./kinds.ts";
import { Play } from "./play.ts";

/** A property of fuzz cases; `ended` is told what the twin reports at the end of each. */
export type Property = (ended?: (report: TwinReport) => void) => fc.IAsyncProperty<unknown>;

/** Two equal maps never yield a diff. */
export const findsNothing: Property = nothingFoundIn(cases(KINDS));

/** Neither does a new map that is late by less than it takes to settle. */
export const findsNothingLate: Property = nothingFoundIn(casesWithLateMap(KEEPING, LATE));

/** After a fault, a sweep finds the keys that differ, and no others. */
export const findsDamage: Property = (ended) =>
  fc.asyncProperty(cases(KEEPING), fc.constantFrom(...FAULT_NAMES), async (played, fault) => {
    const play = new Play({ ...played, equals: "default" }, true);
    await play.play(fault);
    const report = await play.assertDamageFound();
    ended?.(report);
  }) as fc.IAsyncProperty<unknown>;

function nothingFoundIn(drawn: fc.Arbitrary<Case>): Property {
  return (ended) =>
    fc.asyncProperty(drawn, async (played) => {
      const play = new Play(played, false);
      await play.play();
      const report = await play.assertNothingFound();
      ended?.(report);
    });
}
