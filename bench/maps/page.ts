/** The page of figures, made from the results alone. It loads nothing from elsewhere. */
import { isMet } from "../lib/ratio.ts";
import { type Bar, barChart, escaped } from "./bar_chart.ts";
import { CONTENDERS } from "./contenders.ts";
import { KEY_KINDS, type KeyKind } from "./keys.ts";
import { STYLE } from "./page_style.ts";
import { type Growth, type Outcome, type Results, type Scenario, SCENARIOS, type Speed } from "./results.ts";
import { bytes, entryCount, perSecond, time } from "./units.ts";

const TITLES: Record<Scenario, string> = {
  "get hit": "get, a key that is there",
  "get hit, Zipf": "get, a key that is there, by Zipf’s law",
  "get miss": "get, a key that is missing",
  "set existing": "set, a key that is there",
  "set new": "set, a new key: growing from nothing",
  "delete": "delete",
  "mixed 90/10": "9 get, 1 set",
  "mixed 90/10, Zipf": "9 get, 1 set, by Zipf’s law",
  "iterate": "iterate, entries",
  "snapshot": "snapshot of all entries, or a copy; time",
};

/**
 * Returns one page for all measured runtimes. Radio buttons and the style sheet choose what is shown, without a script.
 */
export function page(all: readonly Results[]): string {
  const sizes = [...new Set(all.flatMap(({ speeds }) => speeds.map(({ entries }) => entries)))].sort((a, b) => a - b);
  const names = all.map(({ origin }) => origin.runtime);
  const shown = sizes.includes(1_000_000) ? 1_000_000 : sizes.at(-1);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maps, measured</title>
<style>${STYLE}${choosing("runtime", names)}${choosing("size", sizes)}${choosing("keys", KEY_KINDS)}</style>
</head>
<body>
<h1>Maps, measured</h1>
<p>The maps of TwinMap beside <code>Map</code>, plain objects and packages, each in a process of its own. A shared machine: times
vary by some tens of per cent from run to run, the order of magnitude does not.</p>
<p class="legend"><span class="ours">TwinMap</span><span class="map"><code>Map</code> (dotted line)</span><span>others</span></p>
<section><h2>What must hold</h2>${claims(all)}</section>
<div class="choices">${choice("runtime", names, 0)}${choice("size", sizes, sizes.indexOf(shown ?? 0), entryCount)}${
    choice("keys", KEY_KINDS, 0)
  }</div>
<section><h2>Throughput</h2>
<p>Millions of operations a second, one caller; more is better. A write to <code>immutable</code> and <code>hamt_plus</code> makes
another map; their snapshot is the map itself.</p>
${all.map((results, at) => throughput(results, at, sizes)).join("\n")}</section>
${
    growthSection(
      all,
      "Pause",
      "The longest time for which ten calls of <code>set</code> kept the program waiting while the map grew.",
      {
        title: "worst pause",
        value: ({ worstPauseMs }) => worstPauseMs * 1e6,
        written: time,
        isLogarithmic: true,
      },
    )
  }
${
    growthSection(
      all,
      "Memory",
      "Bytes an entry afterwards, with a whole number for a value; the keys themselves are not counted.",
      {
        title: "bytes an entry",
        value: ({ bytesAnEntry }) => bytesAnEntry,
        written: bytes,
      },
    )
  }
${
    growthSection(
      all,
      "Collection",
      "How long the garbage collector stopped the program while the map grew, from the log of V8 or JavaScriptCore. " +
        "No runtime reports what it does on other threads meanwhile.",
      {
        title: "time in collection",
        value: ({ collectionMs }) => collectionMs * 1e6,
        written: time,
        isLogarithmic: true,
      },
    )
  }
<section><h2>Where the figures come from</h2>${all.map(origin).join("")}
<p>Made by <code>deno task bench:maps</code>. Whole-number keys have 31 bits and no order; strings have 13 characters, and are asked
for by the same string that is in the map. A time is the lesser of two medians, each of up to five slices of 5 ms; that of growing is the median of up to three growths.</p></section>
</body>
</html>
`;
}

function throughput(results: Results, at: number, sizes: readonly number[]): string {
  const speeds = allSpeeds(results);
  const panel = (keys: KeyKind, entries: number) =>
    SCENARIOS.map((scenario) => {
      const found = speeds.filter((speed) =>
        speed.keys === keys && speed.entries === entries && speed.scenario === scenario
      );
      if (found.length === 0) return "";
      return barChart({
        title: TITLES[scenario],
        note: `${entryCount(entries)}, ${keys}; ${noteOf(results)}`,
        bars: found.map(({ contender, ns }) => bar(contender, scenario === "snapshot" ? ns : 1 / ns)),
        written: (value) => scenario === "snapshot" ? time(value) : perSecond(1 / value),
        best: scenario === "snapshot" ? "least" : "most",
        isLogarithmic: scenario === "snapshot",
      });
    }).join("\n") || "<p>Not measured: strings end at 1 M entries.</p>";
  return KEY_KINDS.flatMap((keys, kind) =>
    sizes.map((entries, size) =>
      `<div class="charts of-runtime-${at} of-size-${size} of-keys-${kind}">${panel(keys, entries)}</div>`
    )
  ).join("\n");
}

/** The measured figures, and those that follow from growing a map. */
export function allSpeeds({ speeds, growths }: Results): readonly Speed[] {
  const grown = growths.map(({ contender, keys, entries, totalMs }): Speed => ({
    contender,
    keys,
    entries,
    scenario: "set new",
    ns: totalMs * 1e6 / entries,
  }));
  return [...speeds, ...grown];
}

interface GrowthChart {
  readonly title: string;
  readonly value: (growth: Growth) => number;
  readonly written: (value: number) => string;
  readonly isLogarithmic?: boolean;
}

function growthSection(all: readonly Results[], name: string, told: string, chart: GrowthChart): string {
  const charts = all.map((results, at) => {
    const sizes = new Set(results.growths.map(({ entries }) => entries));
    const figures = KEY_KINDS.flatMap((keys) =>
      [...sizes].sort((a, b) => a - b).map((entries) => {
        const found = results.growths.filter((growth) => growth.keys === keys && growth.entries === entries);
        if (found.length === 0) return "";
        const { title, value, written, isLogarithmic = false } = chart;
        return barChart({
          title: `${title}, growing to ${entryCount(entries)} ${keys}`,
          note: noteOf(results),
          bars: found.map((growth) => bar(growth.contender, value(growth))),
          written,
          best: "least",
          isLogarithmic,
        });
      })
    );
    return `<div class="charts of-runtime-${at}">${figures.join("\n")}</div>`;
  });
  return `<section><h2>${name}</h2><p>${told} Less is better.</p>${charts.join("\n")}</section>`;
}

function claims(all: readonly Results[]): string {
  const names = new Set(
    all.flatMap(({ outcomes }) => outcomes.map(({ what, against }) => `${what}, against ${against}`)),
  );
  const rows = [...names].map((name) => {
    const cells = all.map(({ origin, outcomes }) => {
      const outcome = outcomes.find(({ what, against }) => `${what}, against ${against}` === name);
      return `<td data-of="${escaped(origin.runtime)}">${outcome === undefined ? "–" : verdict(outcome)}</td>`;
    });
    return `<tr><th scope="row">${escaped(name)}</th>${cells.join("")}</tr>`;
  });
  const heads = all.map(({ origin }) =>
    `<th scope="col">${escaped(origin.runtime)}, ${escaped(origin.cpu)}, ${origin.cores} cores</th>`
  );
  return `<table class="claims"><thead><tr><th scope="col">measured in one run</th>${
    heads.join("")
  }</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function verdict(outcome: Outcome): string {
  const { ratio, timesFaster, atMost } = outcome;
  const [came, must] = timesFaster === undefined
    ? [`${ratio.toPrecision(3)} ×`, atMost === undefined ? "" : `at most ${atMost} ×`]
    : [`${(1 / ratio).toFixed(1)} × faster`, `at least ${timesFaster} ×`];
  if (must === "") return `${came} <small>nothing is claimed</small>`;
  const holds = isMet(outcome, ratio);
  return `<span class="${holds ? "holds" : "short"}">${came}, ${
    holds ? "holds" : "falls short"
  }</span> <small>${must}</small>`;
}

function bar(name: string, value: number): Bar {
  const isOurs = CONTENDERS.some((contender) => contender.isOurs && contender.name === name);
  return { name, value, kind: isOurs ? "ours" : name === "Map" ? "map" : "peer" };
}

function noteOf({ origin }: Results): string {
  return `${origin.runtime}, ${origin.cpu}, ${origin.cores} cores`;
}

function origin({ origin: { runtime, engine, cpu, cores, packages } }: Results): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`).join(", ");
  return `<p>${escaped(`${runtime} (${engine}), ${cpu}, ${cores} cores; ${versions}.`)}</p>`;
}

/** Returns the style that hides what belongs to another choice. */
function choosing(of: string, values: readonly unknown[]): string {
  return values.map((_, at) =>
    `body:has(#${of}-${at}:checked) [class*="of-${of}-"]:not(.of-${of}-${at}) { display: none; }\n`
  ).join("");
}

function choice<T>(of: string, values: readonly T[], chosen: number, written: (value: T) => string = String): string {
  const buttons = values.map((value, at) =>
    `<label><input type="radio" name="${of}" id="${of}-${at}"${at === chosen ? " checked" : ""}>${
      escaped(written(value))
    }</label>`
  );
  return `<fieldset><legend>${of}</legend>${buttons.join("")}</fieldset>`;
}
