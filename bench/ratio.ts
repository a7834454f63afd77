import { measure } from "mitata";

/** Something that is measured. */
export interface Contender {
  /** How many operations one run does. */
  readonly operations: number;
  readonly run: () => Promise<void>;
}

/** What is held against what, and what must come out. */
export interface Claim {
  readonly what: string;
  readonly against: string;
  /** The largest ratio of our time to theirs; nothing is claimed where it is left out. */
  readonly atMost?: number;
  /** The smallest ratio of their time to ours. */
  readonly timesFaster?: number;
}

/** Each side is measured so often, by turns, so that both have their share of a machine's good and bad moments. */
const ROUNDS = 9;
const ROUND_MS = 60;

/** Measures `ours` and `theirs` by turns and prints what came out; the ratio is the median of the rounds'. */
export async function compare(claim: Claim, ours: Contender, theirs: Contender): Promise<boolean> {
  const rounds: { oursNs: number; theirsNs: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const oursNs = await operationNs(ours);
    const theirsNs = await operationNs(theirs);
    if (round > 0) rounds.push({ oursNs, theirsNs });
  }
  const oursNs = median(rounds.map((round) => round.oursNs));
  const theirsNs = median(rounds.map((round) => round.theirsNs));
  return printRow(claim, oursNs, theirsNs, median(rounds.map((round) => round.oursNs / round.theirsNs)));
}

async function operationNs({ run, operations }: Contender): Promise<number> {
  const { p50 } = await measure(run, { min_cpu_time: ROUND_MS * 1e6, gc: false });
  return p50 / operations;
}

/** Prints the columns' names. */
export function printHeading(): void {
  console.log(line("", "ours", "theirs", "ratio", "must be"));
}

/** Prints a row, and tells whether the claim holds. */
export function printRow(claim: Claim, oursNs: number, theirsNs: number, ratio: number): boolean {
  const { what, against, atMost = Infinity, timesFaster } = claim;
  console.log(`${what}, against ${against}`);
  if (timesFaster !== undefined) {
    const holds = 1 / ratio >= timesFaster;
    console.log(
      line("", ns(oursNs), ns(theirsNs), `${(1 / ratio).toFixed(1)} x faster`, verdict(`>= ${timesFaster}`, holds)),
    );
    return holds;
  }
  const holds = ratio <= atMost;
  const must = atMost === Infinity ? "" : verdict(`<= ${atMost}`, holds);
  console.log(line("", ns(oursNs), ns(theirsNs), `${ratio.toFixed(2)} x`, must));
  return holds;
}

function verdict(must: string, holds: boolean): string {
  return `${must}  ${holds ? "holds" : "FALLS SHORT"}`;
}

function line(...[first = "", ours = "", theirs = "", ratio = "", must = ""]: string[]): string {
  return `  ${first}${ours.padStart(12)}${theirs.padStart(12)}${ratio.padStart(18)}   ${must}`;
}

function ns(value: number): string {
  return value < 1e5 ? `${value.toFixed(0)} ns` : `${(value / 1e6).toFixed(0)} ms`;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
