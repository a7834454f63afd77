/** Bar charts as SVG that scales with its container. */

/** One bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** `ours`, `map` for the platform's own, or `peer`. */
  readonly kind: "ours" | "map" | "peer";
}

/** Options for a chart. */
export interface Chart {
  readonly title: string;
  /** Where the figures come from. */
  readonly note: string;
  readonly bars: readonly Bar[];
  readonly written: (value: number) => string;
  readonly best: "most" | "least";
  /** Whether bars show logarithms, for values of different orders of magnitude. */
  readonly isLogarithmic?: boolean;
}

/** The drawing's own units: about a pixel each on a phone. */
const WIDTH = 340;
const NAME_WIDTH = 98;
const VALUE_WIDTH = 62;
const ROW = 21;

/** A figure with the best bar at the top, and a line where the bar of `Map` ends. */
export function barChart({ title, note, bars, written, best, isLogarithmic = false }: Chart): string {
  const sorted = bars.toSorted((a, b) => best === "most" ? b.value - a.value : a.value - b.value);
  const length = lengths(sorted.map(({ value }) => value), isLogarithmic);
  const height = sorted.length * ROW;
  const rows = sorted.map(({ name, value, kind }, row) => {
    const y = row * ROW;
    const width = length(value);
    return `<text x="0" y="${y + 15}" class="${kind}">${escaped(name)}</text>` +
      `<rect x="${NAME_WIDTH}" y="${y + 5}" width="${width}" height="12" class="${kind}"/>` +
      `<text x="${NAME_WIDTH + width + 5}" y="${y + 15}" class="value">${escaped(written(value))}</text>`;
  });
  const map = sorted.find(({ kind }) => kind === "map");
  const at = map === undefined ? 0 : NAME_WIDTH + length(map.value);
  const line = map === undefined ? "" : `<line x1="${at}" x2="${at}" y1="0" y2="${height}"/>`;
  const told = sorted.map(({ name, value }) => `${name} ${written(value)}`).join(", ");
  return `<figure><figcaption><strong>${escaped(title)}</strong><small>${escaped(note)}${
    isLogarithmic ? "; logarithmic" : ""
  }</small></figcaption>` +
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(`${title}: ${told}`)}">${line}${
      rows.join("")
    }</svg></figure>`;
}

/**
 * Returns how long the bar of a value is. The largest fills the width; the smallest stays visible, even on a
 * logarithmic scale.
 */
function lengths(values: readonly number[], isLogarithmic: boolean): (value: number) => number {
  const room = WIDTH - NAME_WIDTH - VALUE_WIDTH;
  const most = Math.max(...values);
  const least = Math.min(...values.filter((value) => value > 0)) / 2;
  const share = (value: number) => isLogarithmic ? Math.log(value / least) / Math.log(most / least) : value / most;
  return (value) => value > 0 ? Math.max(1, Math.round(share(value) * room)) : 0;
}

/** Escapes text for HTML, attributes included. */
export function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (found) => names[found] as string);
}
