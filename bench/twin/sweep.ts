import { do_not_optimize } from "mitata";
import { type Clock, systemClock, twin } from "../../mod.ts";
import { type Claim, compared, isQuick, median, printRow, type Round } from "../lib/ratio.ts";

const ENTRIES = isQuick ? 1_000 : 1_000_000;
const ROUNDS = isQuick ? 1 : 5;
const LONGEST_SLICE_MS = 8;

/** The platform's clock. It also measures how long each task runs until it schedules the next one. */
class SliceMeter implements Clock {
  readonly #slicesMs: number[] = [];
  #begunMs = NaN;

  /** The measured times, the shortest first. */
  get slicesMs(): readonly number[] {
    return this.#slicesMs.toSorted((a, b) => a - b);
  }

  /** Drops the time of a task that scheduled no other. */
  rest(): void {
    this.#begunMs = NaN;
  }

  now(): number {
    return systemClock.now();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  schedule(task: () => void, delayMs: number): void {
    if (this.#begunMs > 0) this.#slicesMs.push(performance.now() - this.#begunMs);
    this.#begunMs = NaN;
    systemClock.schedule(() => {
      this.#begunMs = performance.now();
      task();
    }, delayMs);
  }
}

/** Sweeps two equal maps of a million keys, prints the row, and returns whether the claim holds. */
export async function measureSweep(claim: Claim): Promise<boolean> {
  const oldMap = new Map(Array.from({ length: ENTRIES }, (_, at) => [`user:${at}`, at]));
  const newMap = new Map(oldMap);
  const clock = new SliceMeter();
  const users = twin(oldMap, newMap, { clock });
  users.stage("dualwrite");
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const oursNs = await elapsedNs(() => users.sweep());
    clock.rest();
    const theirsNs = await elapsedNs(() => bareComparison(oldMap, newMap));
    rounds.push({ oursNs, theirsNs });
  }
  const holds = printRow(claim, compared(rounds.slice(1)));
  const slicesMs = clock.slicesMs;
  const over = slicesMs.filter((sliceMs) => sliceMs > LONGEST_SLICE_MS).length;
  const longestMs = slicesMs.at(-1) ?? NaN;
  console.log(
    `  ${slicesMs.length} slices, half of them within ${median(slicesMs).toFixed(1)} ms, the longest ` +
      `${longestMs.toFixed(1)} ms; ${over} over ${LONGEST_SLICE_MS} ms`,
  );
  return holds && (isQuick || longestMs <= LONGEST_SLICE_MS);
}

/** Does only what a sweep must do: compares every key in both directions. */
function bareComparison(oldMap: Map<string, number>, newMap: Map<string, number>): void {
  let diffs = 0;
  for (const [key, value] of oldMap) {
    const other = newMap.get(key);
    if (other !== value || (other === undefined && !newMap.has(key))) diffs++;
  }
  for (const key of newMap.keys()) {
    if (!oldMap.has(key)) diffs++;
  }
  do_not_optimize(diffs);
}

async function elapsedNs(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) * 1e6;
}
