/** Formats numbers for the terminal. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, maximumFractionDigits: 20 });

/** A count, such as 1,234,567. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A count with its noun, such as "1 diff" or "2,000 diffs". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** A time, such as "0.0123 ms": to three digits. */
export function milliseconds(value: number): string {
  return `${THREE_DIGITS.format(value)} ms`;
}

/** `value` in `seconds` as a rate, to three digits. */
export function perSecond(value: number, seconds: number): string {
  return `${THREE_DIGITS.format(value / Math.max(seconds, 0.001))}/s`;
}

/** A share from 0 to 1 in percent, to three digits. */
export function percent(share: number): string {
  return `${THREE_DIGITS.format(share * 100)} %`;
}

/** An upper bound of a share, such as "1 in 1,000": to two digits, never rounded below the bound. */
export function oneIn(share: number): string {
  const often = 1 / share + 1e-9;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(often)) - 1);
  return `1 in ${count(Math.floor(often / step) * step)}`;
}
