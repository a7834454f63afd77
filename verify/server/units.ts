/** How numbers, shares and times are written for people. */
import { html } from "hono/html";

type Html = ReturnType<typeof html>;

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", {
  notation: "compact",
  compactDisplay: "long",
  maximumSignificantDigits: 3,
});
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, maximumFractionDigits: 20 });

/** From here on, a count is easier to read in words. */
const LARGE = 1e6;

/** No line break between a number and its unit. */
const NBSP = "\u00a0";

/** A count, such as 48,312, or from a million on, 4.12 million. */
export function count(value: number): string {
  return value < LARGE ? WHOLE.format(value) : COMPACT.format(value).replace(" ", NBSP);
}

/** {@link count}, with the exact number as its title. */
export function exact(value: number): Html {
  return html`<data value="${value}" title="${WHOLE.format(value)}">${count(value)}</data>`;
}

/** A count with its noun, such as "1 diff" or "2,000 diffs". */
export function counted(value: number, noun: string): string {
  return `${count(value)}${NBSP}${value === 1 ? noun : `${noun}s`}`;
}

/** A share of 1 in percent, to three digits. */
export function percent(share: number): string {
  return `${THREE_DIGITS.format(share * 100)}${NBSP}%`;
}

/** An upper bound in percent, to two digits: rounded up, so that it still holds. */
export function percentBelow(share: number): string {
  if (share <= 0) return percent(0);
  const step = 10 ** (Math.floor(Math.log10(share * 100)) - 1);
  // The division can leave a whole number a little too large, which must not round up.
  return `${THREE_DIGITS.format(Math.ceil(share * 100 / step - 1e-9) * step)}${NBSP}%`;
}

/** The same bound as "1 in 830,000", to two digits: rounded down, so that it still holds. */
export function oneIn(share: number): string {
  const often = 1 / share + 1e-9;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(often)) - 1);
  return `1${NBSP}in${NBSP}${count(Math.floor(often / step) * step)}`;
}

const TIMES: readonly [number, string][] = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]];

/** A time in a suitable unit, such as 12.3 µs; a dash for `null`. */
export function duration(nanoseconds: number | null): string {
  if (nanoseconds === null) return "–";
  const [size, unit] = TIMES.find(([size]) => nanoseconds >= size) ?? [1, "ns"];
  return `${THREE_DIGITS.format(nanoseconds / size)}${NBSP}${unit}`;
}

/** How long something will take, in one unit: such as `12 s` or `3 min`. */
export function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 120) return `${seconds}${NBSP}s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)}${NBSP}min` : `${Math.ceil(seconds / 3_600)}${NBSP}h`;
}

/** The time of day of an ISO 8601 timestamp, to the second, in UTC. */
export function timeOfDay(iso: string): string {
  return iso.slice(11, 19);
}

/** Day and time of an ISO 8601 timestamp, to the minute, in UTC. */
export function dayAndMinute(iso: string): string {
  return iso.slice(0, 16).replace("T", NBSP);
}
