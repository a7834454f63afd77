/** How figures are written. */

/** A time of any order of magnitude. */
export function time(ns: number): string {
  if (ns === 0) return "none";
  if (ns < 1e3) return `${digits(ns)} ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)} µs`;
  return ns < 1e9 ? `${digits(ns / 1e6)} ms` : `${digits(ns / 1e9)} s`;
}

/** Operations a second, if one takes this long. */
export function perSecond(ns: number): string {
  return `${digits(1e3 / ns)} M/s`;
}

export function bytes(value: number): string {
  return `${digits(value)} B`;
}

/** How many entries: 1 k, 100 k, 1 M. */
export function entryCount(entries: number): string {
  return entries < 1e6 ? `${entries / 1e3} k` : `${entries / 1e6} M`;
}

/** At most three digits: more would be noise. */
function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(value >= 99.5 ? 0 : 1) : value.toFixed(value < 0.1 ? 3 : 2);
}
