/** Measures two contenders beside each other, and compares the result with the claim. */
import { measure } from "mitata";
import process from "node:process";

/** Something to measure. */
export interface Contender {
  /** How many operations one run makes. */
  readonly operations: number;
  readonly run: () => Promise<void>;
}

/** The two sides of a comparison, and the bound for their ratio. */
export interface Claim {
  readonly what: string;
  readonly against: string;
  /** The largest allowed ratio of our time to theirs. */
  readonly atMost?: number;
  /** The smallest allowed ratio of their time to ours. Without either bound there is no claim. */
  readonly timesFaster?: number;
}

/** The result of one round: the time of one operation on each side. */
export interface Round {
  readonly oursNs: number;
  readonly theirsNs: number;
}

/** The medians of all rounds. */
export interface Compared extends Round {
  /** The median of the rounds' ratios of our time to theirs. */
  readonly ratio: number;
}

/** With `--quick` a bench only shows that it runs: its figures mean nothing, so it checks no claim. */
export const isQuick: boolean = process.argv.includes("--quick");

/** Both sides are measured by turns, so that the machine's good and bad moments affect both alike. */
const ROUNDS = isQuick ? 1 : 9;
const ROUND_MS = isQuick ? 1 : 60;

/** Measures `ours` and `theirs` by turns, prints the row, and returns whether the claim holds. */
export async function compare(claim: Claim, ours: Contender, theirs: Contender): Promise<boolean> {
  return printRow(claim, await measureByTurns(ours, theirs));
}

/** Measures `ours` and `theirs` by turns, after a round to warm up. */
export async function measureByTurns(ours: Contender, theirs: Contender): Promise<Compared> {
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    rounds.push({ oursNs: await operationNs(ours), theirsNs: await operationNs(theirs) });
  }
  return compared(rounds.slice(1));
}

/** Sums up the rounds. */
export function compared(rounds: readonly Round[]): Compared {
  return {
    oursNs: median(rounds.map(({ oursNs }) => oursNs)),
    theirsNs: median(rounds.map(({ theirsNs }) => theirsNs)),
    ratio: median(rounds.map(({ oursNs, theirsNs }) => oursNs / theirsNs)),
  };
}

async function operationNs({ run, operations }: Contender): Promise<number> {
  const { p50 } = await measure(run, {
    min_cpu_time: ROUND_MS * 1e6,
    gc: false,
    ...isQuick ? { batch_samples: 4 } : {},
  });
  return p50 / operations;
}

/** Prints the names of the columns. */
export function printHeading(): void {
  console.log(line("", "ours", "theirs", "ratio", "must be"));
}

/** Prints a row and returns whether the claim holds. */
export function printRow(
  claim: Claim,
  { oursNs, theirsNs, ratio }: Compared,
  written: (value: number) => string = ns,
): boolean {
  const { what, against, atMost = Infinity, timesFaster } = claim;
  const holds = isQuick || isMet(claim, ratio);
  console.log(`${what}, against ${against}`);
  if (timesFaster !== undefined) {
    const faster = `${(1 / ratio).toFixed(1)} x faster`;
    console.log(line("", written(oursNs), written(theirsNs), faster, verdict(`>= ${timesFaster}`, holds)));
    return holds;
  }
  const must = atMost === Infinity ? "" : verdict(`<= ${atMost}`, holds);
  console.log(line("", written(oursNs), written(theirsNs), `${ratio.toFixed(atMost < 0.1 ? 4 : 2)} x`, must));
  return holds;
}

/** Returns whether a ratio of our time to theirs is within the claim. */
export function isMet({ atMost = Infinity, timesFaster = 0 }: Claim, ratio: number): boolean {
  return ratio <= atMost && 1 / ratio >= timesFaster;
}

function verdict(must: string, holds: boolean): string {
  if (isQuick) return `${must}  not judged`;
  return `${must}  ${holds ? "holds" : "FALLS SHORT"}`;
}

function line(...[first = "", ours = "", theirs = "", ratio = "", must = ""]: string[]): string {
  return `  ${first}${ours.padStart(12)}${theirs.padStart(12)}${ratio.padStart(18)}   ${must}`;
}

function ns(value: number): string {
  return value < 1e5 ? `${value.toFixed(0)} ns` : `${(value / 1e6).toFixed(0)} ms`;
}

/** Returns the median. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
