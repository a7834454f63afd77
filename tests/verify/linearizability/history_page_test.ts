import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  checkLinearizable,
  historyPage,
  type HistoryPageOptions,
  mapModel,
  type Operation,
} from "@twinmap/twinmap/linearizability";
import { DOMParser } from "@xmldom/xmldom";
import { createHash } from "node:crypto";

const history: Operation[] = [
  { client: "ada", name: "set", args: ["x", 1], calledAt: 0, returnedAt: 1 },
  { client: "ada", name: "set", args: ["x", 2], calledAt: 2, returnedAt: 3 },
  { client: "bob", name: "get", args: ["x"], calledAt: 4, returnedAt: 5, result: 1 },
  { client: "eve", name: "set", args: ["y", 7], calledAt: 0 },
  { client: "bob", name: "get", args: ["y"], calledAt: 6, returnedAt: 7, result: undefined },
];

function pageOf(history: readonly Operation[], options?: HistoryPageOptions, maxSteps?: number): string {
  return historyPage(checkLinearizable(history, mapModel(), { maxSteps }), options);
}

/** The text of the cells of each row that has one of these classes. */
function rows(page: string, kind: string): string[][] {
  return [...page.matchAll(/<tr class="(\w+)">(.*?)<\/tr>/gs)].filter(([, found]) => found === kind)
    .map(([, , cells]) => [...(cells ?? "").matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => text(cell ?? "")));
}

function text(markup: string): string {
  return markup.replaceAll(/<[^>]*>/g, "").replaceAll("&quot;", '"').replaceAll("&gt;", ">");
}

describe("historyPage()", () => {
  it("shows the order of a part that has one, with what each operation saw and left behind", () => {
    const page = pageOf(history.slice(0, 2));
    assertStringIncludes(page, "Linearizable");
    assertEquals(rows(page, "ordered"), [
      ["1", '"ada"', 'set("x", 1)', "1"],
      ["2", '"ada"', 'set("x", 2)', "2"],
    ]);
    assertEquals(page.includes("Not in the order"), false);
  });

  it("shows the longest order of a part that has none, the operations left out, and those that prove it", () => {
    const page = pageOf(history);
    assertStringIncludes(page, "Not linearizable");
    assertStringIncludes(page, "No order explains the 2 operations marked as proof, whatever else happened.");
    assertEquals(rows(page, "bad"), [["2", '"ada"', 'set("x", 2)', "2"], ['"bob"', 'get("x") → 1']]);
    assertEquals(rows(page, "ordered"), [
      ["1", '"ada"', 'set("x", 1)', "1"],
      ["1", '"bob"', 'get("y") → undefined', "absent"],
    ]);
    assertEquals(rows(page, "left"), [['"eve"', 'set("y", 7) (never returned)']]);
    assert(page.indexOf(">&quot;x&quot;</h2>") < page.indexOf(">&quot;y&quot;</h2>"), "what is bad comes first");
  });

  it("draws a bar for each call, and marks the same operations there", () => {
    const bars = [...pageOf(history).matchAll(/<g class="([\w ]+)"><rect [^>]*><text [^>]*>([^<]*)<\/text>/g)];
    assertEquals(bars.map(([, kind, label]) => [kind, text(label ?? "")]), [
      ["ordered", '1: set("x", 1)'],
      ["bad", '2: set("x", 2)'],
      ["bad", 'get("x") → 1'],
      ["left open", 'set("y", 7)'],
      ["ordered", '1: get("y") → undefined'],
    ]);
  });

  it("says that a part was not decided", () => {
    const additions = Array.from({ length: 30 }, (_, at): Operation => (
      { client: at, name: "add", args: ["k", 2 ** (at + 1)], calledAt: 0 }
    ));
    const odd: Operation = { client: "reader", name: "get", args: ["k"], calledAt: 1, returnedAt: 2, result: 1 };
    const page = pageOf([...additions, odd], undefined, 1_000);
    assertStringIncludes(page, "Not decided: the bound was reached.");
    assertStringIncludes(page, "1 of 1 part: no order was found, and none was ruled out.");
    assertEquals(rows(page, "left").length, 31);
  });

  const hostile = `</style><script>alert("1")</script><img src=x onerror='alert(1)'>\x1b[2J\u202e\ud800`;

  it("escapes everything from a history, and allows nothing but its one style sheet", () => {
    const operations: Operation[] = [
      { client: hostile, name: "set", args: [hostile, hostile], calledAt: 0, returnedAt: 1, result: hostile },
      { client: hostile, name: "get", args: [hostile], calledAt: 2, returnedAt: 3, result: { [hostile]: hostile } },
      { client: 1, name: "get", args: [hostile], calledAt: 4, returnedAt: 5, result: hostile },
    ];
    const page = pageOf(operations, { title: hostile });
    assertEquals(
      page.match(/<(script|img|link|iframe|a|form|!--)\b|<[^>]*\s(on\w+|style|href|src)=|url\(|@import/gi),
      null,
    );
    assertEquals(page.match(/[^\P{C}\n]/gu), null);
    const sheets = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, sheet]) => sheet ?? "");
    const [, policy] = page.match(/Content-Security-Policy" content="([^"]*)"/) ?? [];
    const hashes = sheets.map((sheet) => createHash("sha256").update(sheet).digest("base64"));
    assertEquals(
      policy,
      `default-src 'none'; style-src 'sha256-${hashes.join()}'; base-uri 'none'; form-action 'none'`,
    );
    assertMatch(page, /<title>&lt;\/style&gt;&lt;script&gt;/);
  });

  it("is well-formed, whatever the history", () => {
    for (const operations of [[], history, history.slice(0, 1), history.slice(3, 4)]) {
      const errors: string[] = [];
      const page = pageOf(operations, { title: hostile.toWellFormed().replace("\ufffd", "") }).replace(
        "<!doctype html>",
        "",
      ).replaceAll(
        /<meta[^>]*>/g,
        "",
      );
      new DOMParser({ onError: (_level, message) => errors.push(message) }).parseFromString(page, "text/xml");
      assertEquals(errors, []);
    }
  });

  it("stays small for long histories", () => {
    const many = Array.from({ length: 20_000 }, (_, at): Operation => (
      { client: 1, name: "set", args: [at < 10_000 ? at : "k", at], calledAt: 2 * at, returnedAt: 2 * at + 1 }
    ));
    const page = pageOf(many);
    assert(page.length < 200_000, `${page.length}`);
    assertStringIncludes(page, "… and 9981 more parts.");
    const one = pageOf(many.slice(10_000));
    assertStringIncludes(one, "The last 200 of 10000 steps");
    assertEquals(one.match(/<rect /g)?.length, 60);
  });

  it("refuses unknown options, and a title that is not a string", () => {
    const found = checkLinearizable([], mapModel());
    const refuses = (options: unknown, message: string) => {
      const error = assertThrows(() => historyPage(found, options as HistoryPageOptions), TypeError);
      assertEquals(error.message, `Cannot show a history: ${message}`);
    };
    refuses({ titel: "x" }, 'unknown option "titel"; known: title');
    refuses({ title: 5 }, "title must be a string: received 5");
    assertStringIncludes(historyPage(found, { title: "Users" }), "<title>Users – TwinMap</title>");
  });
});
