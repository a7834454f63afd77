import type { CommandIo } from "./command_io.ts";
import { InputError } from "./input_error.ts";

/**
 * Refuses to go on where a question would have to be asked, and nobody is there to answer it.
 *
 * @throws {InputError} If so.
 */
export function checkAskable(option: string, isYes: boolean, { ask }: CommandIo): void {
  if (isYes || ask !== undefined) return;
  throw new InputError(`${option} needs --yes: there is no terminal on which to ask`);
}

/** Whether the user agrees: by `--yes`, or by the answer to a question. */
export async function isAgreed(question: string, isYes: boolean, { ask }: CommandIo): Promise<boolean> {
  return isYes || /^\s*y(es)?\s*$/i.test(await ask?.(`${question} [y/N] `) ?? "");
}
