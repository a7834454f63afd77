/** How a case is printed where it fails. */
import { systemClock } from "@twinmap/twinmap";
import { type Act, CALLING_BACK, type Case } from "./case.ts";
import { Domain } from "./domain.ts";

/** The case as text, each act with its number. */
export function printedCase(printed: Case): string {
  const domain = new Domain([printed.old.make("old", systemClock).traits, printed.new.make("new", systemClock).traits]);
  const { old, new: newKind, options, equals, lagsMs, held, from, percent, acts } = printed;
  return [
    `${old.name} → ${newKind.name}, ${JSON.stringify(options)}, equals: ${equals}, tasks late by ${lagsMs} ms`,
    `holds ${domain.written(held.map(([key, value]) => [domain.at("keys", key), domain.at("values", value)]))}`,
    `at ${from}, live at ${percent} %`,
    ...acts.map((act, at) => `${at}. ${printedAct(act, domain)}`),
  ].join("\n");
}

function printedAct(act: Act, domain: Domain): string {
  if (act.act === "advance") return `wait ${act.ms} ms`;
  if (act.act === "move") return `move by ${act.by}, live at ${act.percent} %`;
  if (act.act !== "call") return act.act;
  const { operation, inner, throws } = act;
  const key = domain.written(domain.at("keys", act.key));
  const value = domain.written(domain.at("values", act.value));
  const expects = operation.startsWith("compare") ? `${domain.written(domain.at("expected", act.expected))} → ` : "";
  const calling = CALLING_BACK.includes(operation) && inner.length > 0
    ? `, whose callback does ${inner.map((one) => printedAct(one, domain)).join(", ")}${throws ? ", throws" : ""}`
    : "";
  return `${operation} ${key}: ${expects}${value}${calling}`;
}
