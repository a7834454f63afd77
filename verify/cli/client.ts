import { createRequire } from "node:module";
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";

/** The exports of a package, of which the default one counts as well. */
export type Client = Readonly<Record<string, unknown>>;

/**
 * Imports the first of some packages that is installed in the user's project: the one in the working directory.
 *
 * @throws {InputError} If none is; it says how to install the first one.
 */
export async function importClient(what: string, names: readonly string[]): Promise<{ name: string; client: Client }> {
  for (const name of names) {
    const client = await imported(name);
    if (client !== undefined) return { name, client };
  }
  const others = names.length === 1 ? "" : ` (or ${names.slice(1).join(" or ")})`;
  throw new InputError(
    `${what} needs the package ${names[0]}${others}, which is not installed here: ${installs(names[0]!)}`,
  );
}

async function imported(name: string): Promise<Client | undefined> {
  for (const specifier of [pathOf(name), name]) {
    if (specifier === undefined) continue;
    try {
      const module = await import(specifier);
      return { ...module.default, ...module };
    } catch (error) {
      if (!isNotFound(error)) {
        throw new InputError(`Cannot import the package ${name}: ${reasonOf(error)}`, { cause: error });
      }
    }
  }
  return undefined;
}

/** Where the project keeps a package. Deno may keep it elsewhere: there, its own look-up by name finds it. */
function pathOf(name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(resolve("package.json")).resolve(name)).href;
  } catch {
    return undefined;
  }
}

function isNotFound(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return /NOT_FOUND/.test(code ?? "") ||
    /not (found|a dependency)|Cannot find|Relative import path/i.test(message ?? "");
}

function installs(name: string): string {
  const { deno, bun } = process.versions as { deno?: string; bun?: string };
  if (deno !== undefined) return `deno add npm:${name}`;
  return `${bun === undefined ? "npm install" : "bun add"} ${name}`;
}
