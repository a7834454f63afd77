import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";
import { openModule } from "./map_argument.ts";
import type { OpenMap } from "./open_map.ts";
import { openDenoKv } from "./stores/deno_kv.ts";
import { openPostgres } from "./stores/postgres.ts";
import { openRedis } from "./stores/redis.ts";
import { openSqlite } from "./stores/sqlite.ts";

/** Opens a map by what its address begins with. */
const OPENERS: { readonly [scheme: string]: (address: string) => Promise<OpenMap> } = {
  denokv: openDenoKv,
  postgres: openPostgres,
  postgresql: openPostgres,
  redis: openRedis,
  rediss: openRedis,
  sqlite: openSqlite,
};

/**
 * Opens the map that an argument stands for, only to read it: one in a store, or one of a module.
 *
 * @param argument An address such as `sqlite:sessions.db#sessions`, or what `makeMap` takes.
 * @throws {InputError} If there is no such map, or it cannot be opened.
 */
export async function openMap(argument: string): Promise<OpenMap> {
  const [, scheme = ""] = /^([a-z]+):/i.exec(argument) ?? [];
  const open = OPENERS[scheme.toLowerCase()] ?? openModule;
  try {
    return await open(argument);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`Cannot open the map ${argument}: ${reasonOf(error).split("\n")[0]}`, { cause: error });
  }
}
