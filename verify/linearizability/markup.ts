/** Text that is markup already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The content of a piece of markup: text is escaped, markup and lists of it are not. */
export type MarkupPart = string | number | Markup | readonly Markup[];

const REFERENCES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A piece of HTML or SVG; text in it is escaped for the content of an element or a quoted attribute.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  const texts = strings.map((text, at) => at === 0 ? text : `${textOf(parts[at - 1] as MarkupPart)}${text}`);
  return new Markup(texts.join(""));
}

function textOf(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return `${part}`.toWellFormed().replaceAll(/[&<>"']/g, (character) => REFERENCES[character] as string);
}
