import { printable } from "../../src/inspection/printable.ts";

const HIDDEN = "***";
/** A shorter secret is hidden only where it stands in an address: elsewhere it would be part of many words. */
const MIN_LENGTH = 3;

/** What stands between the name and the host of an address. A password that is not encoded may contain anything, so both readings count. */
const PASSWORDS = [/:\/\/[^:@/]*:(.*)@/s, /:\/\/[^:@/]*:([^@/]*)@/];
const PARAMETERS = /[?&][^=&#]*(?:pass|secret|token|key)[^=&#]*=([^&#]+)/gi;

/** Hides the secrets of the command line, such as the password in an address, in what is printed: clients quote them in errors. */
export class Secrets {
  /** The longest first, since one may be a part of another. */
  readonly #secrets: readonly string[];

  constructor(args: readonly string[]) {
    const found = args.flatMap((arg) => [
      ...PASSWORDS.map((password) => password.exec(arg)?.[1] ?? ""),
      ...[...arg.matchAll(PARAMETERS)].map(([, value]) => value ?? ""),
    ]);
    const forms = found.filter((secret) => secret !== "").flatMap((secret) => {
      return [secret, decoded(secret)].flatMap((form) => [form, printable(form), JSON.stringify(form).slice(1, -1)]);
    });
    const hidden = forms.map((form) => form.length < MIN_LENGTH ? `:${form}@` : form);
    this.#secrets = [...new Set(hidden)].sort((a, b) => b.length - a.length);
  }

  /** A text with `***` in place of each secret. */
  hide(text: string): string {
    return this.#secrets.reduce(
      (shown, secret) =>
        shown.replaceAll(secret, secret.length < MIN_LENGTH + 2 && secret.endsWith("@") ? `:${HIDDEN}@` : HIDDEN),
      text,
    );
  }

  /** A value, as JSON shows it, with `***` in place of each secret in its strings. */
  hideIn(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value, (_name, part) => typeof part === "string" ? this.hide(part) : part));
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
