import { existsSync } from "node:fs";
import { type DenoKvDatabase, DenoKvMap } from "../../../src/stores/deno_kv.ts";
import { devalue } from "../../../src/stores/devalue_codec.ts";
import { answered } from "../answered.ts";
import { importClient } from "../client.ts";
import { InputError } from "../input_error.ts";
import type { Access, OpenMap } from "../open_map.ts";
import { readFileAddress } from "./file_address.ts";
import { fileHasTable } from "./sqlite.ts";

/** A database that can be closed. */
type OpenDatabase = DenoKvDatabase & { close(): void };

/** Opens a database of Deno KV. */
type OpenKv = (path: string, options?: unknown) => Promise<OpenDatabase>;

/**
 * Opens the map of `denokv:FILE#PREFIX`. If there is no such file, it is created to `write`; else the map is an empty one in memory.
 *
 * @throws {InputError} If there is no prefix, the file is not a database of Deno KV, or nothing is installed that can open one.
 * @throws If it cannot be opened.
 */
export async function openDenoKv(address: string, access: Access): Promise<OpenMap> {
  const { file, map: prefix } = readFileAddress(address, "denokv:FILE#PREFIX");
  if (/^https?:/.test(file)) {
    throw new InputError(`Cannot open ${address}: for a database that is not a file, give a module`);
  }
  const exists = existsSync(file);
  // To open it as one would write to it.
  if (exists && !await fileHasTable(file, "kv")) {
    throw new InputError(`Cannot open ${address}: the file is not a database of Deno KV`);
  }
  const openKv = await findOpenKv();
  const database = await answered(openKv(exists || access === "write" ? file : ":memory:"));
  try {
    return {
      name: "DenoKvMap",
      map: new DenoKvMap(database, { prefix }) as unknown as OpenMap["map"],
      isSynchronous: false,
      exists,
      codec: devalue,
      [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What opens a database: Deno itself, or the package of the user's project. */
async function findOpenKv(): Promise<OpenKv> {
  const { Deno } = globalThis as { readonly Deno?: { readonly openKv?: OpenKv } };
  if (Deno?.openKv !== undefined) return Deno.openKv;
  const what = Deno === undefined ? "denokv:" : "denokv: without the flag --unstable-kv";
  const { client } = await importClient(what, ["@deno/kv"]);
  const openKv = client.openKv as OpenKv;
  return (path) => openKv(path, { encodeV8: refuseValue, decodeV8: refuseValue });
}

/** On Bun, the package asks for functions that encode values. A map stores bytes, for which it calls none. */
function refuseValue(): never {
  throw new TypeError("the database has values that are not those of a map");
}
