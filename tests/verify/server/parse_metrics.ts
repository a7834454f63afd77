/**
 * Reads Prometheus' text format 0.0.4 and refuses whatever `promtool check metrics` would: the grammar of the format, and
 * the rules for names, types, units and histograms.
 *
 * @module
 */

/** One line with a value. */
export interface Sample {
  /** What a histogram's line is: `_bucket`, `_sum` or `_count`. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const HELP = /^# HELP ([a-z_][a-z0-9_]*) ((?:[^\\\n]|\\\\|\\n)+)$/;
const TYPE = /^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)$/;
const SAMPLE = /^([a-z_][a-z0-9_]*)(?:\{([^]*)\})? (\S+)$/;
const LABEL = /([a-z_][a-z0-9_]*)="((?:[^\\"\n]|\\\\|\\"|\\n)*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;
/** Prometheus wants seconds, bytes and shares of 1, and no name that says the type. */
const DISCOURAGED =
  /(?:^|_)(?:ns|us|ms|nano|micro|milli\w*|minutes?|hours?|kilo\w*|percent|counter|gauge|histogram)(?:_|$)/;
const BASE_UNIT_TYPO = /milliseconds|microseconds|nanoseconds/;

/** @throws If the text is not valid; the reason says where. */
export function parseMetrics(text: string): Map<string, Family> {
  require(text.endsWith("\n"), "the last line must end with a line break");
  const lines = text.slice(0, -1).split("\n");
  const families = new Map<string, Family & { samples: Sample[] }>();
  for (let at = 0; at < lines.length;) {
    const name = HELP.exec(lines[at] ?? "")?.[1] ?? refuse(`HELP expected: ${lines[at]}`);
    const [, typed, type = ""] = TYPE.exec(lines[at + 1] ?? "") ?? refuse(`TYPE expected: ${lines[at + 1]}`);
    require(typed === name, `TYPE of another metric: ${typed}`);
    require(!families.has(name), `${name} is in two places`);
    const samples: Sample[] = [];
    for (at += 2; at < lines.length && !lines[at]?.startsWith("#"); at++) {
      samples.push(parseSample(lines[at] ?? "", name, type));
    }
    const family = { name, type, samples };
    check(family);
    families.set(name, family);
  }
  return families;
}

function parseSample(line: string, family: string, type: string): Sample {
  const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? refuse(`not a sample: ${line}`);
  const suffix = name.slice(family.length);
  const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
  require(name.startsWith(family) && suffixes.includes(suffix), `${name} is not of ${family}`);
  require(NUMBER.test(value), `not a number: ${line}`);
  return { suffix, labels: parseLabels(labels), value: parseNumber(value) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = "", value = ""] = LABEL.exec(text) ?? refuse(`not labels: ${text}`);
    require(!Object.hasOwn(labels, name), `label ${name} twice: ${text}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped) => escaped === "n" ? "\n" : escaped);
  }
  return labels;
}

function check({ name, type, samples }: Family): void {
  require(samples.length > 0, `${name} has no samples`);
  require(name.endsWith("_total") === (type === "counter"), `${name} is a ${type}`);
  require(!DISCOURAGED.test(name) && !BASE_UNIT_TYPO.test(name), `${name} is badly named`);
  require(type === "histogram" || !/_(bucket|count|sum)$/.test(name), `${name} is named like a histogram's part`);
  const identities = samples.map(({ suffix, labels }) => suffix + JSON.stringify(Object.entries(labels).sort()));
  require(new Set(identities).size === samples.length, `${name} has a sample twice`);
  if (type === "counter") require(samples.every(({ value }) => value >= 0), `${name} is below zero`);
  if (type === "histogram") checkHistograms(name, samples);
  else require(samples.every(({ labels }) => !("le" in labels)), `${name} has the label le`);
}

function checkHistograms(name: string, samples: readonly Sample[]): void {
  require(/_(seconds|bytes|ratio)$/.test(name), `${name} names no base unit`);
  const identity = ({ le: _, ...labels }: Sample["labels"]) => JSON.stringify(Object.entries(labels).sort());
  const groups = Map.groupBy(samples, ({ labels }) => identity(labels));
  for (const group of groups.values()) {
    const of = (suffix: string) => group.filter((sample) => sample.suffix === suffix);
    const [buckets, sums, counts] = [of("_bucket"), of("_sum"), of("_count")];
    require(sums.length === 1 && counts.length === 1, `${name} needs one sum and one count`);
    const bounds = buckets.map(({ labels }) => parseNumber(labels.le ?? ""));
    require(isSorted(bounds) && new Set(bounds).size === bounds.length, `${name} has buckets out of order`);
    require(isSorted(buckets.map(({ value }) => value)), `${name} has buckets that fall`);
    require(
      bounds.at(-1) === Infinity && buckets.at(-1)?.value === counts[0]?.value,
      `${name} has a wrong bucket +Inf`,
    );
  }
}

function isSorted(numbers: readonly number[]): boolean {
  return numbers.every((number, at) => at === 0 || (numbers[at - 1] as number) <= number);
}

function parseNumber(text: string): number {
  return Number(text.replace(/inf$/i, "Infinity"));
}

function require(holds: boolean, reason: string): void {
  if (!holds) refuse(reason);
}

function refuse(reason: string): never {
  throw new Error(`Not valid: ${reason}`);
}
