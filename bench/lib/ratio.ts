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

/** What came out of a comparison; the ratio is the median of the rounds'. */
export interface Compared {
  readonly oursNs: number;
  readonly theirsNs: number;
  readonly ratio: number;
}

/** Measures `ours` and `theirs` by turns and prints what came out. */
export async function compare(claim: Claim, ours: Contender, theirs: Contender): Promise<boolean> {
  const { oursNs, theirsNs, ratio } = await measureByTurns(ours, theirs);
  return printRow(claim, oursNs, theirsNs, ratio);
}

/** Measures `ours` and `theirs` by turns. */
export async function measureByTurns(ours: Contender, theirs: Contender): Promise<Compared> {
  const rounds: { oursNs: number; theirsNs: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const oursNs = await operationNs(ours);
    const theirsNs = await operationNs(theirs);
    if (round > 0) rounds.push({ oursNs, theirsNs });
  }
  const oursNs = median(rounds.map((round) => round.oursNs));
  const theirsNs = median(rounds.map((round) => round.theirsNs));
  return { oursNs, theirsNs, ratio: median(rounds.map((round) => round.oursNs / round.theirsNs)) };
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
export function printRow(
  claim: Claim,
  ours: number,
  theirs: number,
  ratio: number,
  written: (value: number) => string = ns,
): boolean {
  const { what, against, atMost = Infinity, timesFaster } = claim;
  const holds = isMet(claim, ratio);
  console.log(`${what}, against ${against}`);
  if (timesFaster !== undefined) {
    const faster = `${(1 / ratio).toFixed(1)} x faster`;
    console.log(line("", written(ours), written(theirs), faster, verdict(`>= ${timesFaster}`, holds)));
    return holds;
  }
  const must = atMost === Infinity ? "" : verdict(`<= ${atMost}`, holds);
  console.log(line("", written(ours), written(theirs), `${ratio.toFixed(atMost < 0.1 ? 4 : 2)} x`, must));
  return holds;
}

/** Whether a ratio of our time to theirs is what was claimed. */
export function isMet({ atMost = Infinity, timesFaster = 0 }: Claim, ratio: number): boolean {
  return ratio <= atMost && 1 / ratio >= timesFaster;
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
