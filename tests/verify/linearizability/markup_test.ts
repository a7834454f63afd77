import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { Markup, markup } from "../../../verify/linearizability/markup.ts";
import { anyCharacter } from "../../any_character.ts";

describe("markup", () => {
  it("escapes the text in it, so that it ends neither an element nor an attribute", () => {
    assertEquals(
      markup`<p title="${`"'<>&`}">${"</p>"} ${5}</p>`.text,
      '<p title="&quot;&#39;&lt;&gt;&amp;">&lt;/p&gt; 5</p>',
    );
  });

  it("leaves markup, and lists of it, unchanged", () => {
    const items = ["a", "<"].map((text) => markup`<li>${text}</li>`);
    assertEquals(markup`<ul>${items}${new Markup("<!---->")}</ul>`.text, "<ul><li>a</li><li>&lt;</li><!----></ul>");
    assertEquals(markup`<ul>${[]}</ul>`.text, "<ul></ul>");
  });

  it("escapes every text to one that has no special character, and is well-formed", () => {
    fc.assert(fc.property(fc.string({ unit: anyCharacter }), (text) => {
      const escaped = markup`${text}`.text;
      assertEquals(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/.test(escaped), false);
      assertEquals(escaped.isWellFormed(), true);
    }));
    assertEquals(markup`${"\ud800"}`.text, "\ufffd");
  });
});
