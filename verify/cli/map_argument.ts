import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { HashTrieMap } from "../../src/hash_trie/hash_trie_map.ts";
import { NativeMap } from "../../src/native/native_map.ts";
import { ReadDirtyMap } from "../../src/read_dirty/read_dirty_map.ts";
import { ShardedMap } from "../../src/sharded/sharded_map.ts";
import { reasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";

/** The maps that the command line can name. */
const NAMED = {
  native: NativeMap,
  sharded: ShardedMap,
  "read-dirty": ReadDirtyMap,
  "hash-trie": HashTrieMap,
};

/** The names of the maps that need no module. */
export const MAP_NAMES: readonly string[] = Object.keys(NAMED);

/**
 * Creates the map that an argument stands for: the map of that name, or what the default export of a module returns.
 *
 * @param argument A name, a path from the working directory, or an address such as `file:`, `npm:` or `jsr:`.
 * @throws {InputError} If there is no such map, or its module fails to create one. `twin` checks that it is a map.
 */
export async function makeMap<K, V>(argument: string): Promise<ConcurrentMap<K, V> | Map<K, V>> {
  if (isNamed(argument)) return new NAMED[argument]();
  const address = existsSync(argument)
    ? pathToFileURL(resolve(argument)).href
    : /^[a-z][a-z0-9+.-]*:/i.test(argument)
    ? argument
    : undefined;
  if (address === undefined) {
    refuse(argument, `it must be one of ${MAP_NAMES.join(", ")}, or a module: there is no such file`);
  }
  const make = await importDefault(address, argument);
  if (typeof make !== "function") {
    refuse(argument, `its default export must be a function that returns a map: received ${typeof make}`);
  }
  try {
    return await make();
  } catch (error) {
    refuse(argument, `its default export threw ${reasonOf(error)}`, error);
  }
}

function isNamed(argument: string): argument is keyof typeof NAMED {
  return Object.hasOwn(NAMED, argument);
}

async function importDefault(address: string, argument: string): Promise<unknown> {
  try {
    return (await import(address)).default;
  } catch (error) {
    refuse(argument, `its module cannot be imported: ${reasonOf(error)}`, error);
  }
}

function refuse(argument: string, reason: string, cause?: unknown): never {
  const [firstLine] = `Cannot create the map ${argument}: ${reason}`.split("\n");
  throw new InputError(firstLine, { cause });
}
