import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AsyncConcurrentMap } from "../../src/async_concurrent_map.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { ConcurrentMap } from "../../src/concurrent_map.ts";
import { HashTrieMap } from "../../src/hash_trie/hash_trie_map.ts";
import { lift } from "../../src/lift.ts";
import { NativeMap } from "../../src/native/native_map.ts";
import { hasMethod } from "../../src/options.ts";
import { ReadDirtyMap } from "../../src/read_dirty/read_dirty_map.ts";
import { ShardedMap } from "../../src/sharded/sharded_map.ts";
import type { Codec } from "../../src/stores/codec.ts";
import { received } from "../../src/received.ts";
import { closed } from "./answered.ts";
import { answeredByModule } from "./answering_map.ts";
import { namedReasonOf } from "./complaint.ts";
import { InputError } from "./input_error.ts";
import type { OpenMap } from "./open_map.ts";

/** The maps that the command line can name. */
const NAMED = {
  native: NativeMap,
  sharded: ShardedMap,
  "read-dirty": ReadDirtyMap,
  "hash-trie": HashTrieMap,
};

/** A map of either kind. */
export type AnyMap<K, V> = ConcurrentMap<K, V> | Map<K, V> | AsyncConcurrentMap<K, V>;

/** The names of the maps that need no module. */
export const MAP_NAMES: readonly string[] = Object.keys(NAMED);

/**
 * Creates the map that an argument stands for: the map of that name, or what the default export of a module returns.
 *
 * @param argument A name, a path from the working directory, or an address such as `file:`, `npm:` or `jsr:`.
 * @throws {InputError} If there is no such map, or it cannot be created. `twin` checks that it is a map.
 */
export async function makeMap<K, V>(argument: string): Promise<AnyMap<K, V>> {
  if (isNamed(argument)) return new NAMED[argument]();
  const { default: make } = await importModule(argument);
  if (typeof make !== "function") {
    refuse(argument, `its default export must be a function that returns a map: ${received(make)}`);
  }
  return await called(argument, make) as AnyMap<K, V>;
}

/**
 * Opens the map of a module, whose default export is a map, or a function that returns one; or the empty map of a name. If the module
 * exports a `codec`, too, this is how the map stores values.
 *
 * @param argument A name, or a module as `makeMap` takes it.
 * @throws {InputError} If there is no such map.
 * @throws If the module does not make it in time.
 */
export async function openModule(argument: string, clock: Clock = systemClock): Promise<OpenMap> {
  if (isNamed(argument)) return opened(argument, new NAMED[argument](), undefined, clock);
  const { default: made, codec } = await answeredByModule(importModule(argument), clock);
  const map = await answeredByModule(
    typeof made === "function" ? called(argument, made) : Promise.resolve(made),
    clock,
  );
  if (typeof map !== "object" || map === null) {
    refuse(argument, mustBeMap(map));
  }
  return opened(argument, map, codec, clock);
}

function opened(argument: string, map: object, codec: unknown, clock: Clock): OpenMap {
  if (codec !== undefined && !(hasMethod(codec, "encode") && hasMethod(codec, "decode"))) {
    refuse(argument, "its export codec must have the methods encode and decode");
  }
  const isSynchronous = !hasMethod(map, Symbol.asyncIterator);
  try {
    return {
      name: String((map as Map<unknown, unknown>)[Symbol.toStringTag]),
      map: isSynchronous ? lift(map as Map<unknown, unknown>) : map as AsyncConcurrentMap<unknown, unknown>,
      isSynchronous,
      exists: true,
      codec: codec as Codec<unknown> | undefined,
      [Symbol.asyncDispose]: () => closed(disposed(map as Partial<AsyncDisposable>), clock),
    };
  } catch (error) {
    refuse(argument, mustBeMap(map), error);
  }
}

function mustBeMap(made: unknown): string {
  return `its default export must be a map, or a function that returns one: ${received(made)}`;
}

async function disposed(map: Partial<AsyncDisposable>): Promise<void> {
  await map[Symbol.asyncDispose]?.();
}

function isNamed(argument: string): argument is keyof typeof NAMED {
  return Object.hasOwn(NAMED, argument);
}

async function importModule(argument: string): Promise<{ readonly default?: unknown; readonly codec?: unknown }> {
  const address = existsSync(argument)
    ? pathToFileURL(resolve(argument)).href
    : /^[a-z][a-z0-9+.-]*:/i.test(argument)
    ? argument
    : undefined;
  if (address === undefined) {
    refuse(
      argument,
      `it must be ${MAP_NAMES.join(", ")}, a store such as sqlite:FILE#TABLE, or a module: there is no such file`,
    );
  }
  try {
    return await import(address);
  } catch (error) {
    refuse(argument, `its module cannot be imported: ${namedReasonOf(error)}`, error);
  }
}

async function called(argument: string, make: { (): unknown } | object): Promise<unknown> {
  try {
    return await (make as () => unknown)();
  } catch (error) {
    refuse(argument, `its default export threw: ${namedReasonOf(error)}`, error);
  }
}

function refuse(argument: string, reason: string, cause?: unknown): never {
  const [firstLine] = `Cannot create the map ${argument}: ${reason}`.split("\n");
  throw new InputError(firstLine, { cause });
}
