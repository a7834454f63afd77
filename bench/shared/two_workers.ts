/** What two workers get done at once, against one of them. */
import { SharedMap } from "../../src/shared/shared_map.ts";
import { type Claim, median, printRow } from "../lib/ratio.ts";
import { filled } from "./contenders.ts";
import { Crew, operationNs } from "./crew.ts";
import { HOT_KEY, type Load } from "./worker.ts";

const WARM_UP_MS = 500;
const WINDOW_MS = 750;
const WINDOWS = 3;

/** What was done by one worker and by two, by turns. */
interface Compared {
  readonly oneNs: number;
  readonly twoNs: number;
  readonly ratio: number;
  /** All that was done, at any time. */
  readonly operations: number;
}

/** Measures reads, and tells whether the claim holds. */
export async function byTwo(claim: Claim, load: Load): Promise<boolean> {
  const { map } = await filled("SharedMap");
  const { oneNs, twoNs, ratio } = await measured(load, map as SharedMap<string, string>);
  return printRow(claim, twoNs, oneNs, ratio);
}

/** Measures `add` on one key, and tells whether no update was lost. */
export async function addsByTwo(): Promise<boolean> {
  const map = SharedMap.create<string, number>();
  const { oneNs, twoNs, ratio, operations } = await measured("add", map);
  printRow({ what: "add on one hot key, two workers at once", against: "one worker" }, twoNs, oneNs, ratio);
  const lost = operations - (map.get(HOT_KEY) ?? 0);
  const [adds, perSecond] = [operations, 1e9 / twoNs].map((count) => Math.round(count).toLocaleString("en"));
  const verdict = lost === 0 ? "holds" : `FALLS SHORT by ${lost}`;
  console.log(`  ${perSecond} adds a second; ${adds} in all, of which none must be lost  ${verdict}`);
  return lost === 0;
}

async function measured(load: Load, map: SharedMap<string, string> | SharedMap<string, number>): Promise<Compared> {
  const crew = new Crew(load, map.handle, 2);
  let operations = 0;
  const work = async (workers: number, windowMs: number): Promise<number> => {
    const works = await crew.work(workers, windowMs);
    for (const done of works) operations += done.operations;
    return operationNs(works);
  };
  await work(2, WARM_UP_MS);
  const rounds: { oneNs: number; twoNs: number }[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    rounds.push({ oneNs: await work(1, WINDOW_MS), twoNs: await work(2, WINDOW_MS) });
  }
  await crew.end();
  return {
    oneNs: median(rounds.map(({ oneNs }) => oneNs)),
    twoNs: median(rounds.map(({ twoNs }) => twoNs)),
    ratio: median(rounds.map(({ oneNs, twoNs }) => twoNs / oneNs)),
    operations,
  };
}
