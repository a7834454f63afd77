import { html } from "hono/html";
import type { TwinReport } from "../../report/report.ts";
import { DIFF_KINDS } from "../../stats/diff_kind.ts";
import { type DiffFilter, matching } from "../diff_filter.ts";
import { count, counted } from "../units.ts";
import { diffList } from "./recent_diffs.ts";

type Html = ReturnType<typeof html>;

/** How many are shown; the JSON and the CSV have them all. */
const SHOWN = 50;

/**
 * A form that finds some of the last diffs, those that were found, and links to take them away. It is not kept current, so that nothing
 * changes while somebody fills it in.
 *
 * @param filter What was asked for; `undefined` if nothing was.
 */
export function findDiffs({ name, recent }: TwinReport, id: string, filter: DiffFilter | undefined): Html {
  const { kind, operation, key = "", from = "", to = "" } = filter ?? {};
  const operations = new Set([...(operation === undefined ? [] : [operation]), ...recent.map((it) => it.operation)]);
  const time = (field: string, label: string, value: string) =>
    html`
      <p class="field">
        <label for="${id}-find-${field}">${label} (UTC)</label>
        <input id="${id}-find-${field}" name="${field}" type="datetime-local" step="1" value="${localTime(value)}">
      </p>
    `;
  return html`
    <section id="${id}-find">
      <h3>Find diffs</h3>
      <details ${filter === undefined ? "" : "open"}>
        <summary>Find some of the last diffs, or take them away</summary>
        <form method="get" action="#${id}-find">
          <input name="twin" value="${name}" hidden>
          ${choice(id, "kind", "Kind", DIFF_KINDS, kind)}
          ${choice(id, "operation", "Operation", [...operations].sort(), operation)}
          <p class="field">
            <label for="${id}-find-key">Part of the key, as shown</label>
            <input id="${id}-find-key" name="key" value="${key}">
          </p>
          ${time("from", "From", from)} ${time("to", "To", to)}
          <p class="buttons"><button class="first">Find</button></p>
        </form>
        ${filter === undefined ? "" : found(recent, filter)}
        <p class="taken">${filter === undefined ? "All of the last diffs" : "These diffs"}:
          <a href="${linkTo(name, "json", filter)}" download="diffs.json">as JSON</a>,
          <a href="${linkTo(name, "csv", filter)}" download="diffs.csv">as CSV</a></p>
      </details>
    </section>
  `;
}

function choice(id: string, field: string, label: string, values: readonly string[], chosen: string | undefined): Html {
  return html`
    <p class="field">
      <label for="${id}-find-${field}">${label}</label>
      <select id="${id}-find-${field}" name="${field}">
        <option value="">any</option>
        ${values.map((value) => html`<option value="${value}" ${value === chosen ? "selected" : ""}>${value}</option>`)}
      </select>
    </p>
  `;
}

function found(recent: TwinReport["recent"], filter: DiffFilter): Html {
  const diffs = matching(recent, filter);
  const more = diffs.length > SHOWN ? ` Here are the newest ${count(SHOWN)}.` : "";
  return html`
    <p class="summary" role="status">${count(diffs.length)} of the last ${counted(recent.length, "diff")}.${more}</p>
    ${diffList(diffs.slice(0, SHOWN))}
  `;
}

/** What an input for a time shows. */
function localTime(text: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?/.exec(text)?.[0] ?? "";
}

/** Only a query, so that it works under any path. */
function linkTo(twin: string, format: string, filter: DiffFilter = {}): string {
  return `?${new URLSearchParams({ show: "diffs", format, twin, ...filter })}`;
}
