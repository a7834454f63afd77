const SECOND_MS = 1_000;

/** The units above a second, the largest first. */
const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** A time span in words, such as "10 seconds", "90 minutes" or "1 hour": exact, in the largest unit that it is a multiple of. */
export function timeSpan(ms: number): string {
  const [name, unitMs] = UNITS.find(([, unitMs]) => ms > 0 && ms % unitMs === 0) ??
    (ms > 0 && ms < SECOND_MS ? ["millisecond", 1] : ["second", SECOND_MS]);
  const inUnits = ms / unitMs;
  return `${inUnits.toLocaleString("en")} ${inUnits === 1 ? name : `${name}s`}`;
}

/**
 * {@link timeSpan} of a span that need not be exact: in whole units, of the largest unit of which it has at least two, or else
 * in seconds.
 *
 * @param round How it becomes whole, such as `Math.ceil`.
 */
export function roughTimeSpan(ms: number, round: (inUnits: number) => number): string {
  const [, unitMs] = UNITS.find(([, unitMs]) => ms >= 2 * unitMs) ?? ["second", SECOND_MS];
  return timeSpan(round(ms / unitMs) * unitMs);
}
