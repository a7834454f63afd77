/**
 * Fuzzes twins for as long as you like: `deno task fuzz -- --minutes 10`. Cases are drawn from `--seed`. If a case
 * fails, it is shrunk and printed, with the command that repeats it.
 *
 * @module
 */
import fc from "fast-check";
import process from "node:process";
import { parseArgs } from "node:util";
import { findsDamage, findsNothing, findsNothingLate, type Property } from "../../tests/fuzz/properties.ts";

const PROGRESS_MS = 10_000;

/** The properties to fuzz, each with its share of the time. */
const PROPERTIES: { readonly [maps: string]: { readonly property: Property; readonly share: number } } = {
  equal: { property: findsNothing, share: 0.6 },
  late: { property: findsNothingLate, share: 0.2 },
  faulty: { property: findsDamage, share: 0.2 },
};

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() | 0) },
    maps: { type: "string" },
    path: { type: "string" },
  },
});

const minutes = Number(values.minutes);
if (!(minutes > 0)) refuse("--minutes must be a number above 0", values.minutes);
if (!Number.isInteger(Number(values.seed))) refuse("--seed must be a whole number", values.seed);
if (values.maps !== undefined && !Object.hasOwn(PROPERTIES, values.maps)) {
  refuse(`--maps must be one of ${Object.keys(PROPERTIES).join(", ")}`, values.maps);
}
if (values.path !== undefined && values.maps === undefined) refuse("--path goes with --maps", values.path);

for (const [maps, { property, share }] of Object.entries(PROPERTIES)) {
  if (values.maps !== undefined && values.maps !== maps) continue;
  await fuzz(maps, property, minutes * 60_000 * (values.maps === undefined ? share : 1));
}

async function fuzz(maps: string, property: Property, forMs: number): Promise<void> {
  const sum = { cases: 0, reads: 0, writes: 0, compared: 0, diffs: 0 };
  const print = () => console.log(`${maps} maps, seed ${values.seed}:`, sum);
  let printedMs = performance.now();
  const counted = property(({ operations, compared, diffs }) => {
    sum.cases++;
    sum.reads += operations.reads;
    sum.writes += operations.writes;
    sum.compared += compared;
    sum.diffs += diffs;
    if (performance.now() - printedMs < PROGRESS_MS) return;
    printedMs = performance.now();
    print();
  });
  const found = await fc.check(counted, {
    seed: Number(values.seed),
    path: values.path,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: forMs,
  });
  print();
  if (!found.failed) return;
  console.log(fc.defaultReportMessage(found));
  console.log(found.errorInstance);
  console.log(`Repeat it: deno task fuzz -- --maps ${maps} --seed ${found.seed} --path ${found.counterexamplePath}`);
  process.exit(1);
}

function refuse(must: string, received: string): never {
  console.error(`Cannot fuzz: ${must}: received ${JSON.stringify(received)}`);
  process.exit(2);
}
