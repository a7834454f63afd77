/** Plants every fault of the demo in the new map: the twin finds it, and the caller does not notice. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type DiffKind, NativeMap, type Stage, twin, type TwinReport } from "@twinmap/twinmap";
import { FAULT_NAMES, type FaultName } from "../testing/faults.ts";
import { FaultyMap } from "../testing/faulty_map.ts";
import { moveTo } from "./move_to.ts";
import { type Operation, operationsOn, outcome } from "./operations.ts";
import { ManualClock } from "../testing/manual_clock.ts";

type Value = number | undefined | { readonly name: string; readonly visits: number };

const KEYS = [1, "1", "a", "b", "c", "d", 0, NaN];
const MIRRORS = ["inline", "queued"] as const;
const VALUES: Value[] = [0, -0, undefined, { name: "Ada", visits: 1 }, { name: "Alan", visits: -0 }, 7];

/** The kinds of diff that a fault must cause, and those that may follow from it. */
const EXPECTED: { readonly [fault in FaultName]: { readonly found: DiffKind[]; readonly follow?: DiffKind[] } } = {
  throws: { found: ["error"] },
  flaky: { found: ["error"], follow: ["missing", "extra", "value", "result", "order"] },
  forgets: { found: ["missing", "value"], follow: ["result", "order"] },
  delays: { found: ["missing", "extra", "value"], follow: ["result", "order"] },
  duplicates: { found: ["value"], follow: ["missing", "extra", "result", "order"] },
  confuses: { found: ["value", "result"] },
  resurrects: { found: ["extra"], follow: ["value", "result", "order"] },
  reorders: { found: ["order"] },
  repeats: { found: ["order"] },
  "loses-undefined": { found: ["missing"], follow: ["value", "result", "order"] },
  "loses-negative-zero": { found: ["value"], follow: ["result"] },
  "confuses-types": { found: ["missing", "extra"], follow: ["value", "result", "order"] },
  "drops-property": { found: ["value"], follow: ["result"] },
};

/** The position of the twin. The order of entries is compared only if reads are compared. */
interface Setting {
  readonly stage: Stage;
  readonly percent?: number;
  readonly comparesReads: boolean;
  readonly newAnswers: boolean;
}

const SHADOW: Setting = { stage: "shadow", comparesReads: true, newAnswers: false };
const SETTINGS: readonly Setting[] = [
  { stage: "dualwrite", comparesReads: false, newAnswers: false },
  SHADOW,
  { stage: "live", percent: 0, comparesReads: true, newAnswers: false },
  { stage: "live", percent: 100, comparesReads: true, newAnswers: true },
  { stage: "rampdown", comparesReads: false, newAnswers: true },
];

/** A fixed pseudorandom sequence of operations that covers all methods. */
function* traffic(operations: number): Generator<Operation<unknown, Value>> {
  let state = 1;
  const pick = <T>(items: readonly T[]): T => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return items[(state >>> 8) % items.length] as T;
  };
  for (let i = 0; i < operations; i++) {
    const possible = operationsOn<unknown, Value>(pick(KEYS), pick(VALUES), pick(VALUES));
    yield pick(possible.filter(({ name }) => (name === "clear") === (i % 100 === 60)));
  }
}

interface Run {
  readonly fault: FaultName | undefined;
  readonly setting: Setting;
  readonly mirror: "inline" | "queued";
  readonly sample?: number;
}

/**
 * Runs the traffic on a twin whose new map is faulty, and also on the authoritative map alone: the caller must get the
 * same from both.
 */
async function run(
  { fault, setting, mirror, sample = 1 }: Run,
): Promise<TwinReport> {
  const { stage, percent, newAnswers } = setting;
  const clock = new ManualClock();
  const newMap = new FaultyMap<unknown, Value>(new NativeMap(), () => clock.now());
  const users = twin<unknown, Value>(new NativeMap(), newMap, {
    clock,
    mirror,
    sample,
    reveal: true,
    maxRecent: 10_000,
  });
  const alone = new FaultyMap<unknown, Value>(new NativeMap(), () => clock.now());
  for (const map of [users, alone]) map.set("a", 7).set("b", { name: "Ada", visits: 3 });
  await moveTo(users, clock, stage, percent);
  newMap.fault = fault;
  if (newAnswers) alone.fault = fault;
  let i = 0;
  for (const { name, ofWhole, run } of traffic(400)) {
    const got = outcome(() => run(users));
    // At live, the old map answers operations on the whole map, whatever the percentage.
    const oldAnswers = ofWhole && newAnswers && stage === "live";
    if (!oldAnswers) assertEquals(got, outcome(() => run(alone)), `${name}, operation ${i}, ${mirror}`);
    else if (name === "clear") outcome(() => run(alone));
    if (++i % 10 === 0) await clock.advance(i % 50 === 0 ? 200 : 20);
  }
  await clock.until(users.sweep()).catch(() => {});
  await clock.until(users.settle());
  return users.report();
}

function kindsIn({ byKind }: TwinReport): DiffKind[] {
  return (Object.keys(byKind) as DiffKind[]).filter((kind) => byKind[kind] > 0);
}

function phrase(fault: FaultName): string {
  return fault === "flaky" ? "is flaky" : fault.replace("-", " ");
}

function place({ stage, percent }: Setting): string {
  return percent === undefined ? stage : `${stage}, ${percent} %`;
}

describe("the twin", () => {
  for (const setting of SETTINGS) {
    it(`finds nothing at ${place(setting)} if nothing is wrong`, async () => {
      for (const mirror of MIRRORS) {
        const report = await run({ fault: undefined, setting, mirror });
        assertEquals(kindsIn(report), []);
        assertEquals([report.sweep.clean, report.mirror.errors, report.dropped, report.inconclusive], [true, 0, 0, 0]);
        assert(report.compared > 100);
      }
    });
  }

  for (const fault of FAULT_NAMES) {
    const { found, follow = [] } = EXPECTED[fault];
    for (const setting of SETTINGS) {
      const seen = found.filter((kind) => setting.comparesReads || kind !== "order");
      const name = `new map that ${phrase(fault)} at ${place(setting)}`;
      if (setting.newAnswers) {
        it(`gives the caller the same results as the ${name} alone`, async () => {
          // Comparisons also read, so a fault that counts operations would strike at other operations than without a
          // twin.
          const sample = fault === "flaky" ? 0 : 1;
          for (const mirror of MIRRORS) await run({ fault, setting, mirror, sample });
        });
      } else {
        it(`finds ${seen.join(", ") || "nothing"} in a ${name}, unnoticed by the caller`, async () => {
          for (const mirror of MIRRORS) {
            const kinds = kindsIn(await run({ fault, setting, mirror }));
            assertEquals(seen.filter((kind) => !kinds.includes(kind)), [], `not found, ${mirror}`);
            assertEquals(kinds.filter((kind) => ![...found, ...follow].includes(kind)), [], `not expected, ${mirror}`);
          }
        });
      }
    }
  }

  it("names the property that differs, and both values", async () => {
    const pathsOf = async (fault: FaultName) => {
      const { recent } = await run({ fault, setting: SHADOW, mirror: "inline" });
      return recent.flatMap(({ paths }) => paths.map(({ path, old, new: now }) => `${path}: ${old}, ${now}`));
    };
    assertEquals(new Set(await pathsOf("loses-negative-zero")), new Set([": -0, 0", ".visits: -0, 0"]));
    assertEquals(new Set(await pathsOf("drops-property")), new Set([".visits: 1, absent", ".visits: -0, absent"]));
  });
});
