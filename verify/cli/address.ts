import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";
import { type AnyMap, makeMap, openModule } from "./map_argument.ts";
import type { Access, OpenMap } from "./open_map.ts";
import { openDenoKv } from "./stores/deno_kv.ts";
import { openPostgres } from "./stores/postgres.ts";
import { openRedis } from "./stores/redis.ts";
import { createSqlite, isSqlite, openSqlite } from "./stores/sqlite.ts";

/** A map that is open to be written to. */
export interface WritableMap<K, V> extends AsyncDisposable {
  readonly map: AnyMap<K, V>;
}

/** Opens a map by what its address begins with. */
const OPENERS: { readonly [scheme: string]: (address: string, access: Access) => Promise<OpenMap> } = {
  denokv: openDenoKv,
  postgres: openPostgres,
  postgresql: openPostgres,
  redis: openRedis,
  rediss: openRedis,
  sqlite: openSqlite,
};

/**
 * Opens the map that an argument stands for: one in a store, or one of a module. Nothing is created.
 *
 * @param argument An address such as `sqlite:sessions.db#sessions`, or what `makeMap` takes.
 * @throws {InputError} If there is no such map, or it cannot be opened.
 */
export function openMap(argument: string, access: "read" | "change" = "read"): Promise<OpenMap> {
  const open = openerOf(argument);
  return explained(argument, () => open === undefined ? openModule(argument) : open(argument, access));
}

/**
 * Opens a map, as {@link openMap} does, that must exist.
 *
 * @param action What is to be done, for the error: "compare".
 * @throws {InputError} As {@link openMap}, or if it does not exist.
 */
export async function openExisting(argument: string, action: string, access?: "read" | "change"): Promise<OpenMap> {
  const map = await openMap(argument, access);
  if (map.exists) return map;
  await map[Symbol.asyncDispose]();
  throw new InputError(`Cannot ${action} ${argument}: it does not exist`);
}

/**
 * Opens the map that an argument stands for, to write to it: an empty one in a store, which is created if it does not exist; or
 * what `makeMap` makes.
 *
 * @param argument What `openMap` takes.
 * @throws {InputError} If there is no such map, it cannot be opened, or it is in a store and has entries.
 */
export function createMap<K, V>(argument: string): Promise<WritableMap<K, V>> {
  return explained(argument, async () => {
    // A table of SQLite answers at once, as the maps of names do.
    if (isSqlite(argument)) return await createSqlite(argument) as unknown as WritableMap<K, V>;
    const open = openerOf(argument);
    if (open === undefined) return { map: await makeMap<K, V>(argument), [Symbol.asyncDispose]: async () => {} };
    const opened = await open(argument, "write");
    if (await isEmpty(opened)) return opened as unknown as WritableMap<K, V>;
    await opened[Symbol.asyncDispose]();
    throw new InputError(`Cannot write to ${argument}: it has entries already: name one that does not exist`);
  });
}

function openerOf(argument: string): (typeof OPENERS)[string] | undefined {
  const [, scheme = ""] = /^([a-z]+):/i.exec(argument) ?? [];
  return OPENERS[scheme.toLowerCase()];
}

async function explained<T>(argument: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot open the map ${argument}: ${reasonOf(error).split("\n")[0]}`, { cause: error });
  }
}

async function isEmpty({ map }: OpenMap): Promise<boolean> {
  for await (const _key of map.keys()) return false;
  return true;
}
