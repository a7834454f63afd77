/** How numbers, shares and times are written for people. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, maximumFractionDigits: 20 });

/** No line break between a number and its unit. */
const NBSP = "\u00a0";

/** A count, such as 1,234,567. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A count with its noun, such as "1 diff" or "2,000 diffs". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** A share of 1 in percent, to three digits. */
export function percent(share: number): string {
  return `${THREE_DIGITS.format(share * 100)}${NBSP}%`;
}

/** A share that is not exceeded, as "1 in 1,000"; rounded so that it still holds, to two digits. */
export function oneIn(share: number): string {
  const often = Math.floor(1 / share * (1 + Number.EPSILON * 4));
  const step = 10 ** Math.max(0, Math.floor(Math.log10(often)) - 1);
  return `1${NBSP}in${NBSP}${count(Math.floor(often / step) * step)}`;
}

const TIMES: readonly [number, string][] = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];

/** A time in the unit that suits it, such as 12.3 µs; a dash for none. */
export function duration(nanoseconds: number | null): string {
  if (nanoseconds === null) return "–";
  const [size, unit] = TIMES.find(([size]) => nanoseconds >= size) ?? [1, "ns"];
  return `${THREE_DIGITS.format(nanoseconds / size)}${NBSP}${unit}`;
}

/** Day and time of an ISO 8601 timestamp in UTC, to the second. */
export function dayAndTime(iso: string): string {
  return iso.slice(0, 19).replace("T", NBSP);
}
