import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { renderPage } from "../../../verify/server/page.ts";

const reportOf = (name: string) => twin(new Map(), new Map(), { name }).report();
const REPORTS = [reportOf("a"), reportOf("<b>")];

/** The names of the twins whose cards are open. */
function openIn(page: string): string[] {
  return [...page.matchAll(/<details\s+open\s*>\s*<summary>\s*<h2[^>]*>([^]*?)<\/h2>/g)].map(([, name]) => name ?? "");
}

describe("the page of several twins", () => {
  it("shows each as a closed card with its name and how it stands", async () => {
    const page = await renderPage(REPORTS, { hasControl: true });
    assertEquals(page.match(/<article id="twin-\d" class="card"/g)?.length, 2);
    assertEquals(openIn(page), []);
    assertMatch(page, /<summary>\s*<h2 id="twin-2-h">&lt;b&gt;<\/h2>\s*<span id="twin-2-entry" class="open"\s*>/);
    assertStringIncludes(page, "at off: nothing compared yet, the gate holds");
  });

  it("opens the card of the twin that something was asked of", async () => {
    const notice = { twin: "<b>", text: "moved", isProblem: false };
    assertEquals(openIn(await renderPage(REPORTS, { hasControl: true, notice })), ["&lt;b&gt;"]);
    assertEquals(openIn(await renderPage(REPORTS, { hasControl: false, find: { twin: "a", filter: {} } })), ["a"]);
  });

  it("has no card for a twin that is alone", async () => {
    const page = await renderPage(REPORTS.slice(0, 1), { hasControl: true });
    assertEquals([page.includes('class="card"'), page.includes("-entry")], [false, false]);
    assertStringIncludes(page, `<h2 id="twin-1-h">a</h2>`);
  });
});
