/** How numbers are written for people. */

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const THREE_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** A count with its noun, such as "1 diff" or "2,000 diffs". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A count, such as 1,234,567. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A share of 1 in percent. */
export function percent(share: number): string {
  return `${THREE_DIGITS.format(share * 100)} %`;
}
