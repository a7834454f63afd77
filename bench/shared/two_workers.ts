/** Measures two workers at once against one. */
import { SharedMap } from "../../src/shared/shared_map.ts";
import { type Claim, type Compared, compared, isQuick, printRow, type Round } from "../lib/ratio.ts";
import { filled } from "./contenders.ts";
import { Crew, operationNs } from "./crew.ts";
import { HOT_KEY, type Load } from "./worker.ts";

const WARM_UP_MS = isQuick ? 1 : 500;
const WINDOW_MS = isQuick ? 1 : 750;
const WINDOWS = isQuick ? 1 : 3;

/** Two workers ("ours") against one of them ("theirs"). */
interface Measured {
  readonly times: Compared;
  /** The number of operations, including those of the warm-up. */
  readonly operations: number;
}

/** Measures reads and returns whether the claim holds. */
export async function byTwo(claim: Claim, load: Load): Promise<boolean> {
  const { map } = await filled("SharedMap");
  const { times } = await measured(load, map as SharedMap<string, string>);
  return printRow(claim, times);
}

/** Measures `add` on one key and returns whether no update was lost. */
export async function addsByTwo(): Promise<boolean> {
  const map = SharedMap.create<string, number>();
  const { times, operations } = await measured("add", map);
  printRow({ what: "add on one hot key, two workers at once", against: "one worker" }, times);
  const lost = operations - (map.get(HOT_KEY) ?? 0);
  const [adds, perSecond] = [operations, 1e9 / times.oursNs].map((count) => Math.round(count).toLocaleString("en"));
  const verdict = lost === 0 ? "holds" : `FALLS SHORT by ${lost}`;
  console.log(`  ${perSecond} adds a second; ${adds} in all, of which none must be lost  ${verdict}`);
  return lost === 0;
}

async function measured(load: Load, map: SharedMap<string, string> | SharedMap<string, number>): Promise<Measured> {
  const crew = new Crew(load, map.handle, 2);
  let operations = 0;
  const work = async (workers: number, windowMs: number): Promise<number> => {
    const works = await crew.work(workers, windowMs);
    for (const done of works) operations += done.operations;
    return operationNs(works);
  };
  await work(2, WARM_UP_MS);
  const rounds: Round[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const theirsNs = await work(1, WINDOW_MS);
    rounds.push({ oursNs: await work(2, WINDOW_MS), theirsNs });
  }
  await crew.end();
  return { times: compared(rounds), operations };
}
